import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GantryError } from '@gantry/sdk/model';

const DAG_FILE = /\.(ts|mts|js|mjs)$/;
/** Declarations and tests beside the DAGs. */
const OTHER_FILE = /\.(d|test|spec)\.(ts|mts|js|mjs)$/;
const DEEPEST = 32;
const MOST_FILES = 10_000;

/**
 * Every DAG file below the folder, relative to it, sorted. Links are followed, but no folder is entered twice; what
 * begins with a dot (git, the data folders of ConfigMaps) and node_modules are left out. Throws when the folder itself
 * cannot be read: its DAGs must not all be taken for removed.
 */
export async function scanFolder(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  const entered = new Set<string>();
  await scan('', 0);
  return files.sort();

  async function scan(inside: string, depth: number): Promise<void> {
    const path = join(folder, inside);
    const real = await realpath(path).catch((error: unknown) => refuse(inside === '', path, error));
    if (real === null || entered.has(real) || depth > DEEPEST) return;
    entered.add(real);
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) =>
      refuse(inside === '', path, error),
    );
    for (const entry of entries ?? []) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
      const kind = entry.isSymbolicLink() ? await kindBehind(join(folder, name)) : kindOf(entry);
      if (kind === 'folder') await scan(name, depth + 1);
      else if (kind === 'file' && DAG_FILE.test(name) && !OTHER_FILE.test(name)) add(name);
    }
  }

  function add(name: string): void {
    if (files.length === MOST_FILES)
      throw new GantryError('dag_invalid', `The DAG folder ${folder} has more than ${MOST_FILES} DAG files; split it.`);
    files.push(name);
  }
}

function kindOf(entry: { isDirectory(): boolean; isFile(): boolean }): 'folder' | 'file' | null {
  return entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : null;
}

/** Null for a link that leads nowhere, as in the middle of a swap. */
async function kindBehind(path: string): Promise<'folder' | 'file' | null> {
  return stat(path).then(kindOf, () => null);
}

/** A part that vanished meanwhile is left out; one that cannot be read would take its DAGs along, so it is an error. */
function refuse(isRoot: boolean, path: string, error: unknown): null {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  if (!isRoot && code === 'ENOENT') return null;
  throw new GantryError('dag_invalid', `The DAG folder ${path} cannot be read (${code}); check [core] dags_folder.`);
}
