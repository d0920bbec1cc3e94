import { GantryError } from '@gantry/sdk/model';
import { confirm } from '../confirm.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { OutputFormat } from '../output/output-format.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import { newestRun } from '../rest/newest-run.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { timeArgument } from '../time-argument.ts';
import { UsageError } from '../usage-error.ts';
import { counted, printTouched, type TouchedBody } from './touched-instances.ts';

export interface ClearOptions {
  readonly run?: string;
  readonly taskRegex?: string;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly upstream?: true;
  readonly downstream?: true;
  readonly past?: true;
  readonly future?: true;
  readonly onlyFailed?: true;
  readonly onlyRunning?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly output: OutputFormat;
}

/** Shows which task instances would run again, asks, and clears them. */
export async function clearTasks(dagId: string, options: ClearOptions): Promise<number> {
  const startDate = timeArgument('--start-date', options.startDate);
  const endDate = timeArgument('--end-date', options.endDate);
  const isDated = startDate !== undefined || endDate !== undefined;
  if (options.onlyFailed && options.onlyRunning)
    throw new UsageError('Give --only-failed or --only-running, not both.');
  const regex = options.taskRegex === undefined ? null : regexOf(options.taskRegex);
  const client = connect();
  const body = {
    task_ids: regex === null ? undefined : await matching(client, dagId, regex),
    dag_run_id: options.run ?? (isDated ? undefined : await newestRun(client, dagId)),
    start_date: startDate,
    end_date: endDate,
    include_upstream: options.upstream ?? false,
    include_downstream: options.downstream ?? false,
    include_past: options.past ?? false,
    include_future: options.future ?? false,
    only_failed: options.onlyFailed ?? false,
    only_running: options.onlyRunning ?? false,
  };
  const clear = (isDry: boolean) =>
    client.send<TouchedBody>(apiPath`dags/${dagId}/clearTaskInstances`, {
      method: 'POST',
      body: { ...body, dry_run: isDry },
    });
  const { task_instances: found } = await clear(true);
  if (options.dryRun || found.length === 0) {
    await printTouched(options.output, found, 'No task instance fits, so nothing would be cleared.');
    return EXIT_CODES.success;
  }
  if (!options.yes) await printTouched(options.output, found, '');
  if (!(await confirm(`Clear ${counted(found)}?`, options.yes === true))) {
    terminalOf(process.stderr).write('Nothing was changed.\n');
    return EXIT_CODES.failed;
  }
  const { task_instances: cleared } = await clear(false);
  await printTouched(options.output, cleared, 'No task instance fits any more, so nothing was cleared.');
  return EXIT_CODES.success;
}

function regexOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new UsageError(`--task-regex: ${(error as Error).message}; write a regular expression such as "^load_".`);
  }
}

async function matching(client: RestClient, dagId: string, regex: RegExp): Promise<string[]> {
  const { tasks } = await client.send<{ tasks: readonly { task_id: string }[] }>(apiPath`dags/${dagId}/tasks`);
  const ids = tasks.map(({ task_id: taskId }) => taskId).filter((taskId) => regex.test(taskId));
  if (ids.length > 0) return ids;
  throw new GantryError(
    'not_found',
    `No task of ${dagId} fits --task-regex ${regex.source}; gantry tasks list ${dagId} shows its tasks.`,
  );
}
