import { confirm } from '../confirm.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { OutputFormat } from '../output/output-format.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import type { RunBody, TaskInstanceBody } from '../rest/bodies.ts';
import { connect } from '../rest/connect.ts';
import { listAll } from '../rest/list-all.ts';
import { counted, printTouched } from '../tasks/touched-instances.ts';
import { UsageError } from '../usage-error.ts';

const STATES = ['success', 'failed', 'queued'] as const;
const FINISHED = ['success', 'failed', 'skipped', 'upstream_failed', 'removed'];

/** Shows which task instances of the run are not over, asks, and marks the run: what runs of it is killed. */
export async function setRunState(
  dagId: string,
  runId: string,
  state: string,
  options: { readonly dryRun?: true; readonly yes?: true; readonly output: OutputFormat },
): Promise<number> {
  if (!(STATES as readonly string[]).includes(state))
    throw new UsageError(`state: found "${state}", expected one of ${STATES.join(', ')}.`);
  const client = connect();
  const path = apiPath`dags/${dagId}/dagRuns/${runId}`;
  const all = await listAll<TaskInstanceBody>(client, `${path}/taskInstances`, 'task_instances');
  const open = state === 'queued' ? [] : all.filter((task) => !FINISHED.includes(task.state ?? 'none'));
  if (options.dryRun || (!options.yes && open.length > 0)) {
    await printTouched(options.output, open, 'No task instance would change, only the run.');
  }
  if (options.dryRun) return EXIT_CODES.success;
  const question = `Mark run ${runId} ${state}${open.length > 0 ? `, with ${counted(open)} that are not over` : ''}?`;
  if (!(await confirm(question, options.yes === true))) {
    terminalOf(process.stderr).write('Nothing was changed.\n');
    return EXIT_CODES.failed;
  }
  const run = await client.send<RunBody>(path, { method: 'PATCH', body: { state } });
  const isDone = run.state === state || state === 'queued';
  const later = isDone ? '' : '; the scheduler has not applied the mark yet';
  terminalOf(process.stdout).write(`Run ${run.dag_run_id} of ${dagId} is ${run.state}${later}.\n`);
  return EXIT_CODES.success;
}
