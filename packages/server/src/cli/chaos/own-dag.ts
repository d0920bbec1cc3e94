import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GantryError } from '@gantry/sdk/model';
import { CHAOS_DAG, CHAOS_DAG_TEXT, CHAOS_FILE } from '../../main/chaos/chaos-dag.ts';
import { apiPath } from '../rest/api-path.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { UsageError } from '../usage-error.ts';

const LOOKS = 90;
const LOOK_MILLISECONDS = 1000;

/** Puts the campaign's own DAG where the deployment reads DAG files, and waits until it is known. `remove` takes the file away. */
export async function ownDag(
  client: RestClient,
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly remove: () => void }> {
  const path = join(folder, CHAOS_FILE);
  if (!existsSync(folder)) {
    throw new UsageError(
      `There is no folder ${folder}; say with --dags-folder where this deployment reads DAG files, or name a DAG with --dag.`,
    );
  }
  if (existsSync(path) && readFileSync(path, 'utf8') !== CHAOS_DAG_TEXT) {
    throw new UsageError(`${path} exists and is not what this command writes; move it, or name a DAG with --dag.`);
  }
  writeFileSync(path, CHAOS_DAG_TEXT);
  const remove = (): void => rmSync(path, { force: true });
  try {
    await known(client, folder, signal);
  } catch (error) {
    remove();
    throw error;
  }
  return { remove };
}

async function known(client: RestClient, folder: string, signal: AbortSignal): Promise<void> {
  for (let look = 0; look < LOOKS && !signal.aborted; look += 1) {
    try {
      await client.send(apiPath`dags/${CHAOS_DAG}`, { method: 'PATCH', body: { is_paused: false } });
      return;
    } catch (error) {
      if (!(error instanceof GantryError && error.code === 'not_found')) throw error;
    }
    await sleep(LOOK_MILLISECONDS, undefined, { signal }).catch(() => undefined);
  }
  throw new GantryError(
    'unavailable',
    `The DAG ${CHAOS_DAG} did not appear from ${folder} in ${LOOKS} s; say with --dags-folder where this deployment reads DAG files, or name a DAG with --dag.`,
  );
}
