import { systemClock } from '../../main/system-clock.ts';
import { untilSignal } from '../../main/until-signal.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { OutputFormat } from '../output/output-format.ts';
import { type Column, printRows } from '../output/print-rows.ts';
import { stateColor } from '../output/state-color.ts';
import { type Terminal, terminalOf } from '../output/terminal.ts';
import { duration } from '../output/time.ts';
import { nameOf, shortPlaceOf, whyOf } from '../progress/run-picture.ts';
import { showRun } from '../progress/show-run.ts';
import { apiPath } from '../rest/api-path.ts';
import type { TaskInstanceBody } from '../rest/bodies.ts';
import { connect } from '../rest/connect.ts';
import { listAll } from '../rest/list-all.ts';
import { newestRun } from '../rest/newest-run.ts';

/** Prints the states once, or follows them; then the exit code is the run's outcome. */
export async function showStates(
  dagId: string,
  givenRunId: string | null,
  options: { readonly follow?: true; readonly output: OutputFormat },
): Promise<number> {
  const client = connect();
  const terminal = terminalOf(process.stdout);
  const runId = givenRunId ?? (await newestRun(client, dagId));
  if (options.follow) {
    const state = await showRun(client, terminal, systemClock, { dagId, runId }, untilSignal());
    if (state === null) return EXIT_CODES.interrupted;
    return state === 'success' ? EXIT_CODES.success : EXIT_CODES.failed;
  }
  const path = apiPath`dags/${dagId}/dagRuns/${runId}/taskInstances`;
  const instances = await listAll<TaskInstanceBody>(client, path, 'task_instances');
  await printRows(terminal, options.output, columnsOf(terminal), instances, 'No task of the run has a state yet.');
  return EXIT_CODES.success;
}

function columnsOf({ colors }: Terminal): Column<TaskInstanceBody>[] {
  const state = (task: TaskInstanceBody): string => task.state ?? 'none';
  return [
    { key: 'task_id', value: (task) => task.task_id, shown: nameOf, title: 'task', whole: true },
    { key: 'state', value: (task) => task.state, shown: state, paint: (task) => stateColor(colors, state(task)) },
    { key: 'try_number', value: (task) => task.try_number, title: 'try', right: true },
    {
      key: 'duration',
      value: (task) => task.duration,
      shown: (task) => duration(task.duration),
      title: 'took',
      right: true,
    },
    { key: 'place', value: (task) => task.place, shown: shortPlaceOf, title: 'where' },
    { key: 'reason', value: (task) => task.reason ?? task.waiting, shown: whyOf, title: 'why' },
    { key: 'map_index', value: (task) => task.map_index, onlyData: true },
    { key: 'start_date', value: (task) => task.start_date, onlyData: true },
    { key: 'end_date', value: (task) => task.end_date, onlyData: true },
    { key: 'executor', value: (task) => task.executor, onlyData: true },
  ];
}
