import { MARK_STATES } from '@gantry/sdk/model';
import { confirm } from '../confirm.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { OutputFormat } from '../output/output-format.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import { newestRun } from '../rest/newest-run.ts';
import { UsageError } from '../usage-error.ts';
import { counted, printTouched, type TouchedBody } from './touched-instances.ts';

export interface SetStateOptions {
  readonly run?: string;
  readonly mapIndex?: string;
  readonly upstream?: true;
  readonly downstream?: true;
  readonly past?: true;
  readonly future?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly output: OutputFormat;
}

/** Shows which task instances would get the state, asks, and marks them; what runs of them is killed. */
export async function setTaskState(
  dagId: string,
  taskId: string,
  state: string,
  options: SetStateOptions,
): Promise<number> {
  if (!(MARK_STATES as readonly string[]).includes(state))
    throw new UsageError(`state: found "${state}", expected one of ${MARK_STATES.join(', ')}.`);
  if (options.mapIndex !== undefined && !/^-1$|^\d+$/.test(options.mapIndex))
    throw new UsageError(`--map-index: found "${options.mapIndex}", expected a whole number.`);
  const client = connect();
  const runId = options.run ?? (await newestRun(client, dagId));
  const base = apiPath`dags/${dagId}/dagRuns/${runId}/taskInstances/${taskId}`;
  const path = options.mapIndex === undefined ? base : `${base}/${options.mapIndex}`;
  const body = {
    new_state: state,
    include_upstream: options.upstream ?? false,
    include_downstream: options.downstream ?? false,
    include_past: options.past ?? false,
    include_future: options.future ?? false,
  };
  const { task_instances: found } = await client.send<TouchedBody>(`${path}/dry_run`, { method: 'PATCH', body });
  if (options.dryRun || found.length === 0) {
    await printTouched(options.output, found, `Nothing would change: it is ${state} already.`);
    return EXIT_CODES.success;
  }
  if (!options.yes) await printTouched(options.output, found, '');
  if (!(await confirm(`Mark ${counted(found)} ${state}?`, options.yes === true))) {
    terminalOf(process.stderr).write('Nothing was changed.\n');
    return EXIT_CODES.failed;
  }
  const { task_instances: marked } = await client.send<TouchedBody>(path, { method: 'PATCH', body });
  await printTouched(options.output, marked, '');
  return EXIT_CODES.success;
}
