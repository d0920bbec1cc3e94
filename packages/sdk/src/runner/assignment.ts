import { closeSync, readFileSync, readSync } from 'node:fs';
import type { WorkerSettings } from './environment.ts';

/** Which attempt this process runs, and how it shows that it may. */
export interface Assignment {
  readonly attemptId: string;
  readonly bundleDigest: string | null;
  /** The credential of the claim, read anew at each try, since the kubelet renews a projected token. */
  readonly credential: () => string;
}

/** What a spare worker is told in one line on file descriptor 3. */
export interface SpareLine {
  readonly attemptId: string;
  readonly bundleDigest: string;
  readonly secret: string;
}

const SECRET_DESCRIPTOR = 3;
const MOST_BYTES = 64 * 1024;

/**
 * Finds the attempt: from the environment with a token file, from the environment with the claim secret on descriptor 3,
 * or, for a spare worker, all of it from descriptor 3, for which it waits. Null when that line never comes (the
 * executor that made the spare is gone).
 */
export function readAssignment(settings: WorkerSettings): Assignment | null {
  const { attemptId, bundleDigest, tokenFile } = settings;
  if (attemptId !== null && tokenFile !== null) {
    return { attemptId, bundleDigest, credential: () => readFileSync(tokenFile, 'utf8').trim() };
  }
  const line = readLine(SECRET_DESCRIPTOR);
  if (attemptId !== null) return { attemptId, bundleDigest, credential: () => line };
  if (line === '') return null;
  const told = JSON.parse(line) as SpareLine;
  return { attemptId: told.attemptId, bundleDigest: told.bundleDigest, credential: () => told.secret };
}

/** One line of an inherited descriptor, which is then closed so that no child of user code gets it. */
function readLine(descriptor: number): string {
  const parts: Buffer[] = [];
  try {
    for (let total = 0; total < MOST_BYTES; ) {
      const part = Buffer.alloc(4096);
      const read = readSome(descriptor, part);
      if (read === 0) break;
      parts.push(part.subarray(0, read));
      total += read;
      if (part.subarray(0, read).includes(10)) break;
    }
    closeSync(descriptor);
  } catch (error) {
    throw new Error(`The claim secret cannot be read from file descriptor ${descriptor}: ${(error as Error).message}.`);
  }
  return (Buffer.concat(parts).toString('utf8').split('\n', 1)[0] ?? '').trim();
}

/** Waits where the launcher made the descriptor non-blocking. */
function readSome(descriptor: number, into: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, into, 0, into.length, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}
