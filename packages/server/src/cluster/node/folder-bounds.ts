import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { dirname, sep } from 'node:path';

/** True when a path, all links followed as far as it exists, is the folder or lies below it. */
export function realFolderBelow(folder: string, path: string): boolean {
  const real = realpathSync(folder);
  let existing = path;
  // A link to nothing does not exist for existsSync; its own folder is looked at then, and making it fails.
  while (!existsSync(existing)) existing = dirname(existing);
  const found = realpathSync(existing);
  return found === real || found.startsWith(real + sep);
}

/**
 * Removes a folder and what is in it: links as links, never what they point to. A folder into which something is mounted
 * is left as it is, since removing it would remove what is mounted. Gives false then.
 */
export function removeFolder(folder: string): boolean {
  if (mountPoints().some((point) => point === folder || point.startsWith(folder + sep))) return false;
  rmSync(folder, { recursive: true, force: true });
  return true;
}

/** Where something is mounted, as this process sees it; nothing is known where the system does not tell. */
function mountPoints(): readonly string[] {
  try {
    const rows = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    return rows.map((row) => unescaped(row.split(' ')[4] ?? ''));
  } catch {
    return [];
  }
}

/** Blanks and the like are written as octal numbers there. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_whole, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
