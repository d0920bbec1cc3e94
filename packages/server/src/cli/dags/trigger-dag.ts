import { systemClock } from '../../main/system-clock.ts';
import { untilSignal } from '../../main/until-signal.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { jsonObject } from '../json-argument.ts';
import type { OutputFormat } from '../output/output-format.ts';
import { printData } from '../output/print-data.ts';
import { terminalOf } from '../output/terminal.ts';
import { showRun } from '../progress/show-run.ts';
import { apiPath } from '../rest/api-path.ts';
import type { DagBody, RunBody } from '../rest/bodies.ts';
import { connect } from '../rest/connect.ts';
import { timeArgument } from '../time-argument.ts';

export interface TriggerOptions {
  readonly conf?: string;
  readonly runId?: string;
  readonly logicalDate?: string;
  readonly note?: string;
  readonly follow?: true;
  readonly output: OutputFormat;
}

/** Makes a run; with `follow` the exit code is the run's outcome. */
export async function triggerDag(dagId: string, options: TriggerOptions): Promise<number> {
  const body = {
    conf: jsonObject('--conf', options.conf),
    dag_run_id: options.runId,
    logical_date: timeArgument('--logical-date', options.logicalDate),
    note: options.note,
  };
  const client = connect();
  const terminal = terminalOf(process.stdout);
  const run = await client.send<RunBody>(apiPath`dags/${dagId}/dagRuns`, { method: 'POST', body });
  if (options.output === 'json' || options.output === 'yaml') await printData(terminal, options.output, run);
  else if (options.output === 'plain') terminal.write(`${run.dag_run_id}\n`);
  else if (!options.follow) terminal.write(`Run ${run.dag_run_id} of ${dagId} is ${run.state}.\n`);
  const dag = await client.send<DagBody>(apiPath`dags/${dagId}`);
  if (dag.is_paused) {
    terminalOf(process.stderr).write(`${dagId} is paused, so the run waits until gantry dags unpause ${dagId}.\n`);
  }
  if (!options.follow) return EXIT_CODES.success;
  const of = { dagId, runId: run.dag_run_id };
  const state = await showRun(client, terminal, systemClock, of, untilSignal());
  if (state === null) return EXIT_CODES.interrupted;
  return state === 'success' ? EXIT_CODES.success : EXIT_CODES.failed;
}
