import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../store/embedded/left-over.ts';

/** A folder may be shared with a machine whose processes are not seen here, so what is young is left alone. */
const OLD_MILLISECONDS = 10 * 60_000;

/**
 * Removes what killed processes left in a folder of ours: entries whose name gives, as the first group of `pattern`, the
 * number of a process that is gone, and that are older than ten minutes. Answers how many. Never throws: what cannot be
 * removed is left for the next start.
 */
export function removeLeftovers(folder: string, pattern: RegExp, now: number): number {
  return namesIn(folder).filter((name) => {
    const owner = Number(pattern.exec(name)?.[1]);
    if (!(owner > 0) || isAlive(owner)) return false;
    try {
      const path = join(folder, name);
      if (now - statSync(path).mtimeMs < OLD_MILLISECONDS) return false;
      rmSync(path, { recursive: true, force: true });
      return true;
    } catch {
      return false;
    }
  }).length;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
