import { readFileSync } from 'node:fs';

/**
 * How many processes the kernel has killed for want of memory since it started; null where it does not say. The count
 * is of the whole machine, so it tells that there was such a kill, and with a SIGKILL beside it whose it was.
 */
export function memoryKills(file = '/proc/vmstat'): number | null {
  try {
    const line = /^oom_kill (\d+)$/m.exec(readFileSync(file, 'utf8'));
    return line === null ? null : Number(line[1]);
  } catch {
    return null;
  }
}
