import { realpathSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';

const ENDINGS = ['', '.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js'];

/**
 * Keeps the names of files as the DAG folder shows them. esbuild names a file by its real path, which changes with each
 * swap of a symlink (git-sync, ConfigMap) although the contents stay, and would then make a version of each swap.
 */
export class OwnPaths {
  readonly #folder: string;
  readonly #realFolder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#realFolder = realpathSync(folder);
  }

  /** `real` is what `specifier` resolved to from the folder `from`. */
  shown(real: string, specifier: string, from: string): string {
    if (specifier.startsWith('.')) {
      const asked = join(from, specifier);
      const stems = [asked, asked.replace(/\.([mc]?)js$/, '.$1ts')];
      for (const stem of stems)
        for (const ending of ENDINGS) if (realPathOf(stem + ending) === real) return stem + ending;
    }
    const inside = relative(this.#realFolder, real);
    const shown = join(this.#folder, inside);
    const outside = inside.startsWith('..') || isAbsolute(inside);
    // Packages often lie above the DAG folder, in what was swapped together with it.
    return outside && realPathOf(shown) !== real ? real : shown;
  }
}

/** Null when there is no such file. */
function realPathOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
