import { readdirSync, readFileSync } from 'node:fs';

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

const ROUNDS = 5;

/** Kills all that user code has started: the rest of the group this process leads, and every descendant. */
export function endOtherProcesses(): void {
  // What is forked between reading and killing is found in the next round.
  for (let round = 0; round < ROUNDS; round += 1) {
    const others = findOthers(readProcesses(), process.pid, leadsGroup());
    for (const pid of others) signal(pid, 'SIGKILL');
    if (others.length === 0) return;
  }
}

/** Ends this process whatever its main thread does, with its group if it leads one. */
export function endOwnProcess(): void {
  if (leadsGroup()) signal(-process.pid, 'SIGKILL');
  signal(process.pid, 'SIGKILL');
}

/** Pure: who else belongs to the task. Zombies are left out, they run nothing. */
export function findOthers(rows: readonly ProcessRow[], self: number, leads: boolean): readonly number[] {
  const found = new Set([self]);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent, group } of rows) {
      if (found.has(parent) || (leads && group === self)) found.add(pid);
    }
  }
  found.delete(self);
  return [...found];
}

/** True when a process group has this process's number, which only its leader gives it. */
function leadsGroup(): boolean {
  return signal(-process.pid, 0);
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Empty where there is no /proc; there the group alone must do. */
function readProcesses(): readonly ProcessRow[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readRow(Number(name)) : []));
  } catch {
    return [];
  }
}

function readRow(pid: number): readonly ProcessRow[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? [] : [{ pid, parent: Number(parent), group: Number(group) }];
  } catch {
    return [];
  }
}
