import { existsSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { BundleRow } from '@gantry/sdk/model';
import { type ImportFailure, importFailure } from '../../intake/import-failure.ts';
import type { LoadedFile } from '../../intake/load-dag-file.ts';
import { scanFolder } from '../../intake/scan-folder.ts';
import { type Configuration, dagsFolder, readConfiguration } from '../../main/configuration.ts';
import { VERSION } from '../../main/version.ts';
import { loadFile } from '../dag-test/load-file.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { faultText } from '../output/file-fault.ts';
import { printable } from '../output/printable.ts';
import { terminalOf } from '../output/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { BundleFolder } from './bundle-folder.ts';

interface BuildOptions {
  readonly dagsFolder?: string;
  readonly output: string;
}

/** Digits of a digest that tell bundles apart for a reader. */
const SHOWN_DIGITS = 12;

/**
 * Writes the bundle of each DAG file as `DIGEST.mjs`, just as the DAG processor makes it, and the index `bundles.json`.
 * Without files, of the whole DAG folder. What lies in the output folder stays, since runs that began earlier are
 * pinned to it. The exit code is 1 when a file cannot be used; the others are written all the same.
 */
export async function buildBundles(files: readonly string[], options: BuildOptions): Promise<number> {
  const configuration = readConfiguration(process.env);
  const folder = folderOf(configuration, options);
  const { write, colors } = terminalOf(process.stdout);
  const paths = files.length === 0 ? (await scanFolder(folder)).map((file) => join(folder, file)) : files;
  const output = await BundleFolder.open(resolve(options.output));
  const definedIn = new Map<string, string>();
  let failed = 0;
  for (const path of new Set(paths)) {
    const loaded = onlyOnce(await load(configuration, folder, path), definedIn);
    if (loaded.kind === 'failure') {
      failed += 1;
      write(`${colors.red('error')}  ${printable(faultText(loaded))}\n`);
      continue;
    }
    if (loaded.dags.length > 0) await output.add(loaded.bundle.code, rowsOf(loaded));
    write(`${colors.green('built')}  ${loaded.file}: ${summary(loaded)}\n`);
  }
  await output.writeIndex();
  return failed === 0 ? EXIT_CODES.success : EXIT_CODES.failed;
}

function folderOf(configuration: Configuration, options: BuildOptions): string {
  const folder = options.dagsFolder === undefined ? dagsFolder(configuration) : resolve(options.dagsFolder);
  if (existsSync(folder) && statSync(folder).isDirectory()) return folder;
  throw new UsageError(`There is no DAG folder ${folder}; name it with --dags-folder, or set [core] dags_folder.`);
}

/** The digest depends on the file's path inside the DAG folder, so a file outside would get one that no run has. */
async function load(configuration: Configuration, folder: string, path: string): Promise<LoadedFile | ImportFailure> {
  const outside = relative(realpathSync(folder), realPathOf(path));
  if (outside.startsWith('..') || isAbsolute(outside)) {
    return importFailure(
      path,
      `The file is not in the DAG folder ${folder}; name the folder that the DAG processor reads with --dags-folder.`,
    );
  }
  return loadFile(configuration, path, folder);
}

/** One that does not exist is told by who loads it. */
function realPathOf(path: string): string {
  const absolute = resolve(path);
  return existsSync(absolute) ? realpathSync(absolute) : absolute;
}

/** The DAG processor takes a DAG from one file only; which bundle is its must not be left to chance. */
function onlyOnce(loaded: LoadedFile | ImportFailure, definedIn: Map<string, string>): LoadedFile | ImportFailure {
  if (loaded.kind === 'failure') return loaded;
  const twice = loaded.dags.find(({ dagId }) => definedIn.has(dagId));
  if (twice !== undefined) {
    const { dagId } = twice;
    const other = definedIn.get(dagId);
    return importFailure(
      loaded.file,
      `The DAG "${dagId}" is defined in ${other} already; give one of them another id.`,
    );
  }
  for (const { dagId } of loaded.dags) definedIn.set(dagId, loaded.file);
  return loaded;
}

function rowsOf({ file, dags, bundle }: LoadedFile): BundleRow[] {
  return dags.map(({ dagId }) => ({ dag_id: dagId, file, digest: bundle.digest, gantry_version: VERSION }));
}

function summary({ dags, bundle }: LoadedFile): string {
  if (dags.length === 0) return 'defines no DAG, so nothing was written';
  return `${dags.map(({ dagId }) => dagId).join(', ')} in ${bundle.digest.slice(0, SHOWN_DIGITS)}…`;
}
