import { setTimeout as sleep } from 'node:timers/promises';
import { GantryError } from '@gantry/sdk/model';
import type { Standalone } from '../../main/standalone.ts';
import { systemClock } from '../../main/system-clock.ts';
import { faultText } from '../output/file-fault.ts';
import { showRun } from '../progress/show-run.ts';
import { apiPath } from '../rest/api-path.ts';
import type { RunBody } from '../rest/bodies.ts';
import { listAll } from '../rest/list-all.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { producedFiles } from './produced-files.ts';
import { type StandaloneScreen, shortPath } from './standalone-screen.ts';

const LOOK_MILLISECONDS = 200;
const PARSED_LIMIT_MILLISECONDS = 60_000;
/** Other files of the folder may be broken; only when the DAG has not come by now are they the likely reason. */
const BLAMED_AFTER_MILLISECONDS = 10_000;

/** Waits until the DAG is there, runs it and shows the run and what it produced. Null when `signal` came first. */
export async function firstRun(
  client: RestClient,
  screen: StandaloneScreen,
  standalone: Standalone,
  dagId: string,
  signal: AbortSignal,
): Promise<'success' | 'failed' | null> {
  if (!(await dagIsThere(client, dagId, signal))) return null;
  await client.send(apiPath`dags/${dagId}`, { method: 'PATCH', body: { is_paused: false } });
  const run = await client.send<RunBody>(apiPath`dags/${dagId}/dagRuns`, { method: 'POST', body: {} });
  screen.line('');
  const of = { dagId, runId: run.dag_run_id };
  const state = await showRun(client, screen.terminal, systemClock, of, signal, (view) => screen.viewed(view)).finally(
    () => screen.viewed(null),
  );
  if (state !== 'success') return state;
  const files = await producedFiles(client, of, standalone.outputFolder);
  if (files.length > 0) screen.line('It wrote');
  for (const file of files) screen.line(`  ${shortPath(file)}`);
  return state;
}

/** False when `signal` came first. Throws the import errors when the DAG does not come. */
async function dagIsThere(client: RestClient, dagId: string, signal: AbortSignal): Promise<boolean> {
  const startedAt = systemClock.monotonic();
  while (!signal.aborted) {
    try {
      await client.send(apiPath`dags/${dagId}`);
      return true;
    } catch (error) {
      if (!(error instanceof GantryError) || error.code !== 'not_found') throw error;
    }
    const waited = systemClock.monotonic() - startedAt;
    const [broken] = waited > BLAMED_AFTER_MILLISECONDS ? await importErrors(client) : [];
    if (broken !== undefined) throw new GantryError('dag_invalid', `The DAG ${dagId} is not there. ${broken}`);
    if (waited > PARSED_LIMIT_MILLISECONDS) {
      const seconds = PARSED_LIMIT_MILLISECONDS / 1000;
      throw new GantryError('not_found', `No file of the DAG folder defined the DAG ${dagId} within ${seconds} s.`);
    }
    await sleep(LOOK_MILLISECONDS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

async function importErrors(client: RestClient): Promise<string[]> {
  const errors = await listAll<{
    readonly filename: string;
    readonly line: number | null;
    readonly position: number | null;
    readonly stack_trace: string;
  }>(client, apiPath`importErrors`, 'import_errors');
  return errors.map(({ filename: file, line, position, stack_trace: message }) =>
    faultText({ file, line, position, message }),
  );
}
