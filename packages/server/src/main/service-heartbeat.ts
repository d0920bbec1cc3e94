import { hostname } from 'node:os';
import type { Database } from '../store/database.ts';
import {
  endService,
  forgetOldServices,
  registerService,
  renewService,
  type ServiceKind,
} from '../store/service-lease.ts';
import type { Log } from './process-log.ts';
import { systemRandom } from './system-random.ts';

const LEASE_SECONDS = 30;
const BEAT_MILLISECONDS = 10_000;

/** Keeps a row of this process in the service table, for the health page, until `signal` aborts. */
export async function keepServiceAlive(
  database: Database,
  kind: ServiceKind,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  let id: string | null = null;
  while (!signal.aborted) {
    try {
      if (id === null || (await renewService(database, id, LEASE_SECONDS)) === null) {
        id = systemRandom.uuid();
        const service = { id, kind, hostname: hostname(), pid: process.pid, leaseSeconds: LEASE_SECONDS };
        await registerService(database, service);
        await forgetOldServices(database);
      }
    } catch (error) {
      log.warn({ err: error }, 'The heartbeat of this process was not stored; it is tried again.');
    }
    await pause(BEAT_MILLISECONDS, signal);
  }
  if (id !== null) await endService(database, id).catch(() => undefined);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
