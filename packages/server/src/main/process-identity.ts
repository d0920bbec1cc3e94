import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * What tells a live process from a later one with the same number: when it was started. Null when there is none; one
 * that has ended and only waits to be collected (a zombie) counts as gone.
 */
export function processIdentity(pid: number): string | null {
  if (existsSync('/proc/self/stat')) {
    try {
      // The program's name is in parentheses and may hold anything; the state comes after it, the start 19 fields later.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
      return /[ZX]/.test(fields[0]!) ? null : `${pid} ${fields[19]}`;
    } catch {
      return null;
    }
  }
  const shown = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const line = (shown.stdout ?? '').trim();
  return shown.status !== 0 || line === '' || line.startsWith('Z') ? null : `${pid} ${line.replace(/^\S+\s+/, '')}`;
}
