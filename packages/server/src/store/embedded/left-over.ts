import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GantryError } from '@gantry/sdk/model';
import { databaseFailure } from '../database-failure.ts';
import { takeOwnership } from './ownership.ts';
import type { Places } from './places.ts';
import { WRONG_PASSWORD } from './start-failure.ts';

const PATIENCE_MILLISECONDS = 15_000;
const STEP_MILLISECONDS = 100;

/**
 * Before a start: what does `postmaster.pid` in the data folder mean? A process that is gone, or is another program
 * that got its number: the file is stale and removed. A server whose parent was killed: stopped. A server with a
 * living owner: GantryError `home_in_use`. Whether an owner lives is asked of the server itself (ownership.ts).
 */
export async function settleLeftOver(places: Places): Promise<void> {
  const file = join(places.data, 'postmaster.pid');
  for (let waited = 0; waited < PATIENCE_MILLISECONDS; waited += STEP_MILLISECONDS) {
    const server = readPidFile(file);
    if (server === undefined) {
      return;
    }
    if (!isServerOf(server.pid, places.data)) {
      rmSync(file, { force: true });
      return;
    }
    if (server.port > 0 && (await isOwnerless(places, server.port))) {
      await stopProcess(server.pid, () => !isServerOf(server.pid, places.data));
      return;
    }
    await sleep(STEP_MILLISECONDS);
  }
  const pid = readPidFile(file)?.pid;
  throw new GantryError(
    'home_in_use',
    `A PostgreSQL server (process ${pid ?? 'unknown'}) uses ${places.data} and does not answer: stop it, or set GANTRY_HOME to another folder.`,
  );
}

/** True: the server lives and nobody owns it. False: it does not answer yet. Throws when it has an owner. */
async function isOwnerless(places: Places, port: number): Promise<boolean> {
  try {
    const ownership = await takeOwnership(port, places.password);
    if (ownership === undefined) {
      throw homeInUse(places.folder);
    }
    await ownership.end();
    return true;
  } catch (error) {
    if (error instanceof GantryError || databaseFailure(error).sqlState === WRONG_PASSWORD) {
      throw error;
    }
    return false;
  }
}

export function homeInUse(folder: string): GantryError {
  return new GantryError(
    'home_in_use',
    `Another Gantry process runs on ${folder}: stop it, or set GANTRY_HOME to another folder.`,
  );
}

interface PidFile {
  readonly pid: number;
  /** 0 as long as the server has not written it. */
  readonly port: number;
  readonly isReady: boolean;
}

/** The file's lines: pid, data folder, start time, port, socket folder, address, shared memory, status. */
export function readPidFile(file: string): PidFile | undefined {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return { pid: Math.abs(Number(lines[0])), port: Number(lines[3]) || 0, isReady: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * A server's command line names its data folder, which tells it from another program that got the same number. The
 * command line is readable where the working directory is not: for root in a container without CAP_SYS_PTRACE.
 */
function isServerOf(pid: number, data: string): boolean {
  if (!(pid > 0) || pid === process.pid || !isAlive(pid)) {
    return false;
  }
  return commandLine(pid).includes(`-D ${data} `);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    // No /proc (macOS), or the process ended.
    return spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  }
}

/** Fast shutdown, then immediate shutdown, then the end without a word; PostgreSQL recovers from each. */
const SIGNALS = [
  { signal: 'SIGINT', milliseconds: 15_000 },
  { signal: 'SIGQUIT', milliseconds: 5_000 },
  { signal: 'SIGKILL', milliseconds: 5_000 },
] as const;

/** Ends a server process within 25 s. */
export async function stopProcess(pid: number, isGone: () => boolean): Promise<void> {
  for (const { signal, milliseconds } of SIGNALS) {
    if (isGone()) {
      return;
    }
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') {
        return;
      }
      throw new GantryError(
        'home_in_use',
        `The PostgreSQL server with process ${pid} belongs to another user and cannot be stopped: stop it first.`,
        {
          cause: error,
        },
      );
    }
    for (let waited = 0; waited < milliseconds && !isGone(); waited += 10) {
      await sleep(10);
    }
  }
}
