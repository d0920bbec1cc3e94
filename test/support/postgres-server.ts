import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../packages/server/src/store/embedded/embedded-postgres.ts';
import { markRun } from './left-processes.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The one embedded Postgres of this test run; its role may create databases. */
    postgresUrl: string;
  }
}

/** Vitest's global set-up: starts one embedded Postgres (without fsync) for the whole run; gives what stops it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const endLeftProcesses = markRun();
  const folder = mkdtempSync(join(tmpdir(), 'gantry-postgres-'));
  // mkdtemp closes the folder to others; as root the server runs as another user, who must pass through.
  chmodSync(folder, 0o711);
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'server'), durable: false, maxConnections: 300 });
  project.provide('postgresUrl', postgres.url);
  // A signal makes Vitest exit without its tear-down, and the server would be left behind.
  const abandon = (): void => stopNow(join(folder, 'server', 'data', 'postmaster.pid'));
  process.once('exit', abandon);
  return async () => {
    await postgres.stop();
    process.off('exit', abandon);
    rmSync(folder, { recursive: true, force: true });
    endLeftProcesses();
  };
}

/** Ends the server of a process that is exiting, when nothing asynchronous can run any more. */
function stopNow(pidFile: string): void {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
    if (pid > 1) {
      process.kill(pid, 'SIGINT');
    }
  } catch {
    // It is gone already.
  }
}
