import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * The program a command names, found as a shell finds it; null when there is none that may be run. `real` tells where
 * a path of the container really is.
 */
export function findProgram(
  name: string,
  searchPath: string,
  workingFolder: string,
  real: (path: string) => string,
): string | null {
  if (name === '') return null;
  const candidates = name.includes('/')
    ? [isAbsolute(name) ? name : resolve(workingFolder, name)]
    : searchPath.split(':').flatMap((folder) => (folder === '' ? [] : [join(folder, name)]));
  return candidates.find((path) => isRunnable(real(path))) ?? null;
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
