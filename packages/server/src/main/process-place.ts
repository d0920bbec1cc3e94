import { readFileSync, readlinkSync } from 'node:fs';
import { processIdentity } from './process-identity.ts';

/**
 * What tells one process on one running machine from every other: boot, space of process numbers, number and start.
 * Null where the system does not say (it is not Linux), or there is no such process.
 */
export function processPlace(pid: number): string | null {
  const machine = thisMachine();
  const identity = processIdentity(pid);
  return machine === null || identity === null ? null : `${machine} ${identity}`;
}

/**
 * True when the process is proven to be gone: it belongs to this machine, and its number is nobody's or another
 * process's now. Silence is no proof, nor is a process that may not be looked at.
 */
export function isProvenGone(place: string): boolean {
  const machine = thisMachine();
  if (machine === null || !place.startsWith(`${machine} `)) return false;
  const identity = place.slice(machine.length + 1);
  const pid = Number(identity.split(' ')[0]);
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  return processIdentity(pid) !== identity;
}

/** One boot of one machine, and of it the space in which process numbers are the same. */
function thisMachine(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}
