import { realpath, stat } from 'node:fs/promises';

/**
 * What changes when files do: real path (which sees the swap of any link on the way), size, time of change and inode
 * of each. One turn asks for a path once, however many DAG files share it, as they do the files of a package.
 */
export class FileStamps {
  readonly #known = new Map<string, Promise<string>>();

  async of(paths: readonly string[]): Promise<string> {
    const stamps = await Promise.all(paths.map((path) => this.#one(path)));
    return stamps.join('\n');
  }

  #one(path: string): Promise<string> {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const stamp = stampOf(path);
    this.#known.set(path, stamp);
    return stamp;
  }
}

/** A file that is not there has a stamp too. */
async function stampOf(path: string): Promise<string> {
  try {
    const [real, { size, mtimeNs, ino }] = await Promise.all([realpath(path), stat(path, { bigint: true })]);
    return `${real} ${size} ${mtimeNs} ${ino}`;
  } catch {
    return `${path} is not there`;
  }
}
