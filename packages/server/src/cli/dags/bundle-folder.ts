import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUNDLE_INDEX_FILE, type BundleRow, GantryError, parseBundleIndex } from '@gantry/sdk/model';

/** A folder of bundles by digest with its index, as it is delivered to workers. */
export class BundleFolder {
  readonly #folder: string;
  #rows: readonly BundleRow[];

  private constructor(folder: string, rows: readonly BundleRow[]) {
    this.#folder = folder;
    this.#rows = rows;
  }

  /** Makes the folder when it is missing. Throws `configuration_invalid` when it cannot be used. */
  static async open(folder: string): Promise<BundleFolder> {
    await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      throw new GantryError(
        'configuration_invalid',
        `The folder ${folder} cannot be made (${error.code}); check --output.`,
      );
    });
    return new BundleFolder(folder, await readRows(folder));
  }

  /** Writes the bundle, whose digest is that of the rows. The rows of its DAGs come last in the index: the newest. */
  async add(code: string, rows: readonly BundleRow[]): Promise<void> {
    await this.#write(fileOf(rows[0]!.digest), code);
    this.#rows = [...this.#rows.filter((old) => !rows.some((row) => isSame(old, row))), ...rows];
  }

  /** After the bundles, so that it never names one that is not there yet. */
  async writeIndex(): Promise<void> {
    const bundles = this.#rows.filter(({ digest }) => existsSync(join(this.#folder, fileOf(digest))));
    await this.#write(BUNDLE_INDEX_FILE, `${JSON.stringify({ bundles }, null, 2)}\n`);
  }

  /** Beside its place and moved there: a worker that reads meanwhile never gets half of it. */
  async #write(name: string, text: string): Promise<void> {
    const path = join(this.#folder, name);
    const unfinished = `${path}.${process.pid}.tmp`;
    try {
      await writeFile(unfinished, text);
      await rename(unfinished, path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new GantryError('configuration_invalid', `${path} cannot be written (${code}); check --output.`);
    }
  }
}

function fileOf(digest: string): string {
  return `${digest}.mjs`;
}

function isSame(one: BundleRow, other: BundleRow): boolean {
  return one.dag_id === other.dag_id && one.digest === other.digest;
}

async function readRows(folder: string): Promise<readonly BundleRow[]> {
  const path = join(folder, BUNDLE_INDEX_FILE);
  if (!existsSync(path)) return [];
  const index = parseBundleIndex(await readFile(path, 'utf8'));
  if (index !== null) return index.bundles;
  throw new GantryError(
    'configuration_invalid',
    `${path} is no index of bundles; remove it, or name another --output.`,
  );
}
