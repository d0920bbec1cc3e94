import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Remembers on disk which processes are containers, so that those of a cluster that was killed are found and ended at
 * the next start. A process is known by its number and its start, because numbers are used again.
 */
export class ProcessLedger {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = join(folder, 'processes');
    mkdirSync(this.#folder, { recursive: true });
  }

  add(pid: number): void {
    writeFileSync(join(this.#folder, String(pid)), startOf(pid) ?? '');
  }

  remove(pid: number): void {
    rmSync(join(this.#folder, String(pid)), { force: true });
  }

  /** Kills the process groups that an earlier cluster left running. Returns how many there were. */
  endLeftovers(): number {
    let ended = 0;
    for (const name of readdirSync(this.#folder)) {
      const pid = Number(name);
      const start = readFileSync(join(this.#folder, name), 'utf8');
      if (Number.isSafeInteger(pid) && pid > 1 && start !== '' && startOf(pid) === start) {
        killGroup(pid, 'SIGKILL');
        ended += 1;
      }
      rmSync(join(this.#folder, name), { force: true });
    }
    return ended;
  }
}

/** Sends a signal to all processes of a group; one that is gone is no error. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}

/** When a process was started, as the system tells it; null when there is no such process. */
function startOf(pid: number): string | null {
  if (existsSync('/proc/self/stat')) {
    try {
      // The command's name is in parentheses and may hold spaces; the start is the 20th field after it.
      return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? null;
    } catch {
      return null;
    }
  }
  const shown = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return shown.status === 0 ? shown.stdout.trim() : null;
}
