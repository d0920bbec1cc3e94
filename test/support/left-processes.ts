import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** Set for the whole run, so that every process that a test starts without an environment of its own has it. */
const MARK = 'GANTRY_TEST_RUN';
/** By then Vitest has ended its workers and would be gone, did nothing hold it. */
const WAIT_MILLISECONDS = 5_000;

/** Marks this run; answers what is called when its tests are over. */
export function markRun(): () => void {
  const mark = `${MARK}=${randomUUID()}`;
  process.env[MARK] = mark.slice(MARK.length + 1);
  return () => void setTimeout(() => endLeftProcesses(mark), WAIT_MILLISECONDS).unref();
}

/**
 * A process that a test left behind holds the pipe of its worker's output, and Vitest would wait for it until it gives
 * up. It is named and ended; so is what else keeps Vitest, which cannot be ended from here.
 */
function endLeftProcesses(mark: string): void {
  const left = processesWith(mark).filter((pid) => !isOurs(pid));
  for (const pid of left) {
    console.error(`A test left process ${pid} behind, which is ended now: ${commandOf(pid)}`);
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  if (left.length === 0)
    console.error(`The tests are over, and this keeps their process: ${process.getActiveResourcesInfo().join(', ')}.`);
}

/** True for this process and all below it: Vitest ends its workers, and they their children. What is left has another parent. */
function isOurs(pid: number): boolean {
  for (let at = pid; at > 1; at = parentOf(at)) if (at === process.pid) return true;
  return false;
}

/** 0 when there is none. The program's name, in parentheses, may hold anything. */
function parentOf(pid: number): number {
  return Number(read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[1] ?? 0);
}

/** None where there is no /proc. */
function processesWith(mark: string): number[] {
  const names = namesIn('/proc').filter((name) => /^\d+$/.test(name));
  return names.filter((name) => read(`/proc/${name}/environ`).split('\0').includes(mark)).map(Number);
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 300);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
