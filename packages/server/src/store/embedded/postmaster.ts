import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVER_ENVIRONMENT } from './initialize.ts';
import { readPidFile, stopProcess } from './left-over.ts';
import type { Places } from './places.ts';
import type { RunAs } from './run-as.ts';
import { type ServerShape, serverFlags } from './server-flags.ts';

/** Recovery after a crash may take a while; a server that is not ready after this long is given up. */
const READY_MILLISECONDS = 120_000;
/** A log larger than this is begun anew at the next start. */
const LONGEST_LOG_BYTES = 4 * 1024 * 1024;

/** One running server process. */
export class Postmaster {
  readonly #child: ChildProcess;
  readonly #places: Places;
  /** Where this process's own part of the log begins. */
  readonly #logFrom: number;
  #failed: Error | undefined;
  readonly gone: Promise<void>;

  constructor(binaries: string, places: Places, runAs: RunAs | undefined, shape: ServerShape) {
    this.#places = places;
    const log = openSync(places.log, sizeOf(places.log) > LONGEST_LOG_BYTES ? 'w' : 'a', 0o600);
    this.#logFrom = sizeOf(places.log);
    this.#child = spawn(join(binaries, 'bin', 'postgres'), serverFlags(places.data, shape), {
      cwd: places.base,
      env: SERVER_ENVIRONMENT,
      stdio: ['ignore', log, log],
      // A group of its own: Ctrl-C in a terminal reaches us, and we stop the server last.
      detached: true,
      ...(runAs && { uid: runAs.uid, gid: runAs.gid }),
    });
    closeSync(log);
    this.gone = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', (error) => {
        this.#failed = error;
        resolve();
      });
    });
  }

  /** Waits until connections are accepted; rejects with what the server wrote when it ends before. */
  async ready(): Promise<void> {
    for (let waited = 0; waited < READY_MILLISECONDS; waited += 10) {
      if (this.#isGone()) {
        throw this.#failed ?? new Error(this.#told());
      }
      const file = readPidFile(join(this.#places.data, 'postmaster.pid'));
      if (file?.pid === this.#child.pid && file?.isReady) {
        return;
      }
      await sleep(10);
    }
    await this.stop();
    throw new Error(`FATAL: it was not ready after ${READY_MILLISECONDS / 1000} seconds`);
  }

  /** Ends the process within 25 s, with a clean shutdown when it can. */
  async stop(): Promise<void> {
    if (this.#child.pid !== undefined) {
      await stopProcess(this.#child.pid, () => this.#isGone());
    }
  }

  #isGone(): boolean {
    return this.#failed !== undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #told(): string {
    return readFileSync(this.#places.log).subarray(this.#logFrom).toString('utf8').slice(-4_000).trim();
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
