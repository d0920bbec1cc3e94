import { RUN_STATES } from '@gantry/sdk/model';
import { atLeastOne } from '../count-argument.ts';
import type { OutputFormat } from '../output/output-format.ts';
import { type Column, printRows } from '../output/print-rows.ts';
import { stateColor } from '../output/state-color.ts';
import { terminalOf } from '../output/terminal.ts';
import { duration, shortTime } from '../output/time.ts';
import { apiPath } from '../rest/api-path.ts';
import type { RunBody } from '../rest/bodies.ts';
import { connect } from '../rest/connect.ts';
import { listAll } from '../rest/list-all.ts';
import { UsageError } from '../usage-error.ts';

export interface RunListOptions {
  readonly state?: readonly string[];
  readonly limit: string;
  readonly output: OutputFormat;
}

export async function listRuns(dagId: string, options: RunListOptions): Promise<void> {
  const limit = atLeastOne('--limit', options.limit);
  const unknown = options.state?.find((state) => !(RUN_STATES as readonly string[]).includes(state));
  if (unknown !== undefined) throw new UsageError(`--state: found "${unknown}", expected ${RUN_STATES.join(', ')}.`);
  const query = { order_by: ['-run_after', '-queued_at'], state: options.state };
  const runs = await listAll<RunBody>(connect(), apiPath`dags/${dagId}/dagRuns`, 'dag_runs', query, limit);
  const terminal = terminalOf(process.stdout);
  const columns: Column<RunBody>[] = [
    { key: 'run_id', value: (run) => run.dag_run_id, whole: true },
    { key: 'state', value: (run) => run.state, paint: (run) => stateColor(terminal.colors, run.state) },
    {
      key: 'start_date',
      value: (run) => run.start_date,
      shown: (run) => shortTime(run.start_date),
      title: 'started',
      whole: true,
    },
    {
      key: 'duration',
      value: (run) => run.duration,
      shown: (run) => duration(run.duration),
      title: 'took',
      right: true,
    },
    { key: 'reason', value: (run) => run.reason },
    { key: 'run_type', value: (run) => run.run_type, onlyData: true },
    { key: 'logical_date', value: (run) => run.logical_date, onlyData: true },
    { key: 'run_after', value: (run) => run.run_after, onlyData: true },
    { key: 'end_date', value: (run) => run.end_date, onlyData: true },
  ];
  const whenEmpty = `There are no such runs; gantry dags trigger ${dagId} makes one.`;
  await printRows(terminal, options.output, columns, runs, whenEmpty);
}
