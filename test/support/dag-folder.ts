import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A DAG folder of a test's own, with files by name and text. */
export class DagFolder {
  readonly path: string;

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.path = mkdtempSync(join(realpathSync(tmpdir()), 'gantry-dags-'));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  /** Writes a file and answers its path. */
  write(name: string, text: string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  delete(name: string): void {
    rmSync(join(this.path, name));
  }

  /** Removes the whole folder, which mkdtemp has made. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The text of a file that exports one DAG with one task. */
export function oneTaskDag(dagId: string, options = '{}', body = 'return 1;'): string {
  return [
    "import { dag, task } from '@gantry/sdk';",
    `const only = task('only', async () => { ${body} });`,
    `export const it = dag('${dagId}', ${options}, () => { only(); });`,
    '',
  ].join('\n');
}
