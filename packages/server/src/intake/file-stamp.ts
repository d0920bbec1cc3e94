import { realpath, stat } from 'node:fs/promises';

/**
 * What changes when the files do: real path (which sees the swap of any link on the way), size, time of change and
 * inode of each. A file that is not there has a stamp too.
 */
export async function stampOf(paths: readonly string[]): Promise<string> {
  const stamps = await Promise.all(paths.map(stampOfOne));
  return stamps.join('\n');
}

async function stampOfOne(path: string): Promise<string> {
  try {
    const [real, { size, mtimeNs, ino }] = await Promise.all([realpath(path), stat(path, { bigint: true })]);
    return `${real} ${size} ${mtimeNs} ${ino}`;
  } catch {
    return `${path} is not there`;
  }
}
