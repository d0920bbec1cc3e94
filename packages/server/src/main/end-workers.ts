import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@gantry/sdk/model';
import { signalGroup } from '../executors/local/signal-group.ts';
import { ALL_DAGS } from '../store/dag-access.ts';
import type { Queryable } from '../store/database.ts';
import { listTaskInstances } from '../store/list-task-instances.ts';

const LOOK_MILLISECONDS = 100;
const MOST_WORKERS = 1_000;

/**
 * Ends the workers that run on this machine, of the local executor (they outlive their scheduler by design) and of the
 * local cluster's pods. They are asked first and have `graceMilliseconds` to report, so that the next start need not
 * wait for their leases. A process that has a worker's number but runs something else is left alone.
 */
export async function endWorkers(database: Queryable, graceMilliseconds: number, clock: Clock): Promise<void> {
  const filter = { access: ALL_DAGS, states: ['running'], ranges: [] };
  const { rows } = await listTaskInstances(database, filter, { orderBy: [], limit: MOST_WORKERS, offset: 0 });
  const here = rows.flatMap(({ hostname: host, pid }) => (host === hostname() && pid !== null ? [pid] : []));
  const alive = (): number[] => here.filter(isWorker);
  for (const pid of alive()) signalGroup(pid, 'SIGTERM');
  const end = clock.monotonic() + graceMilliseconds;
  while (alive().length > 0 && clock.monotonic() < end) await sleep(LOOK_MILLISECONDS);
  for (const pid of alive()) signalGroup(pid, 'SIGKILL');
}

/** True for a process that runs the worker's program. */
export function isWorker(pid: number): boolean {
  const shown = spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  return (shown.stdout ?? '').includes('worker.cjs');
}
