import { GantryError } from '@gantry/sdk/model';
import { untilSignal } from '../../main/until-signal.ts';
import { atLeastOne } from '../count-argument.ts';
import { logLinePrinter } from '../output/log-line-printer.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import type { LogEntry, TaskInstanceBody } from '../rest/bodies.ts';
import { connect } from '../rest/connect.ts';
import { newestRun } from '../rest/newest-run.ts';
import type { RestClient } from '../rest/rest-client.ts';

export interface LogOptions {
  readonly run?: string;
  readonly try?: string;
  readonly follow?: true;
  readonly timestamps?: true;
}

export async function showLog(dagId: string, taskId: string, options: LogOptions): Promise<void> {
  const givenTry = options.try === undefined ? null : atLeastOne('--try', options.try);
  const client = connect();
  const runId = options.run ?? (await newestRun(client, dagId));
  const base = apiPath`dags/${dagId}/dagRuns/${runId}/taskInstances/${taskId}`;
  const tryNumber = givenTry ?? (await lastTry(client, base, taskId, options.follow === true));
  const path = `${base}/logs/${tryNumber}`;
  const print = logLinePrinter(terminalOf(process.stdout), options.timestamps === true);
  if (options.follow) return followLog(client, path, print);
  if ((await printStored(client, path, print)) === 0) {
    terminalOf(process.stderr).write(`Try ${tryNumber} of ${taskId} in run ${runId} has no log (yet).\n`);
  }
}

/** The instance's present try; before its first one there is no log, unless it is waited for. */
async function lastTry(client: RestClient, path: string, taskId: string, waits: boolean): Promise<number> {
  const instance = await client.send<TaskInstanceBody>(path);
  if (instance.try_number > 0 || waits) return Math.max(1, instance.try_number);
  throw new GantryError(
    'not_found',
    `Task ${taskId} has not been tried yet; its state is ${instance.state ?? 'none'}.`,
  );
}

async function printStored(client: RestClient, path: string, print: (entry: LogEntry) => void): Promise<number> {
  let lines = 0;
  let token: string | undefined;
  for (;;) {
    const page: { readonly content: readonly LogEntry[]; readonly continuation_token: string | null } =
      await client.send(path, { query: { token } });
    for (const entry of page.content) print(entry);
    lines += page.content.length;
    const next = page.continuation_token;
    // A page without lines is the end of what is stored so far.
    if (next === null || (page.content.length === 0 && next === token)) return lines;
    token = next;
  }
}

async function followLog(client: RestClient, path: string, print: (entry: LogEntry) => void): Promise<void> {
  const signal = untilSignal();
  let rest = '';
  try {
    for await (const piece of client.stream(path, 'application/x-ndjson', {}, signal)) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') print(JSON.parse(line) as LogEntry);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
