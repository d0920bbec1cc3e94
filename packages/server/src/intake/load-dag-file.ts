import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Clock, DagSpec } from '@gantry/sdk/model';
import { type Bundle, type Bundled, bundleDagFile } from './bundle-dag-file.ts';
import { checkDags } from './check-dags.ts';
import { childProgram } from './child-program.ts';
import { type ImportFailure, importFailure } from './import-failure.ts';
import { type ChildEnd, type ChildLimits, runChild } from './run-child.ts';
import { understandChild } from './understand-child.ts';

export interface LoadOptions extends ChildLimits {
  /** The DAG folder; the file's own when left out. */
  readonly folder?: string;
  readonly clock: Clock;
  /** For the child; Gantry's own options are taken out. Empty when left out. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Where the child's files lie while it runs; the system's folder for such things when left out. */
  readonly scratchFolder?: string;
  readonly checkPods?: CheckPods;
}

/** What is wrong with the pods of a DAG's tasks, in sentences; given by main, since intake knows no pods. */
export type CheckPods = (spec: DagSpec) => Promise<readonly string[]>;

/** As many sentences as one import error holds. */
const MOST_SENTENCES = 5;

export interface LoadedFile {
  readonly kind: 'loaded';
  /** Relative to the DAG folder. */
  readonly file: string;
  readonly dags: readonly DagSpec[];
  readonly bundle: Bundle;
  readonly durationMilliseconds: number;
}

/** The bundle's name while it is loaded; stacks show it. */
export const BUNDLE_NAME = 'bundle.mjs';

/** Bundles a DAG file, loads it in a child process within limits and checks what it defines. Needs no database. */
export async function loadDagFile(path: string, options: LoadOptions): Promise<LoadedFile | ImportFailure> {
  const folder = resolve(options.folder ?? dirname(resolve(path)));
  const file = relative(folder, resolve(folder, path)).split(sep).join('/');
  const bundled = await bundleDagFile(folder, file);
  return bundled.kind === 'failure' ? bundled : loadBundle(file, bundled, options);
}

/** Loads what is bundled already. */
export async function loadBundle(
  file: string,
  bundled: Bundled,
  options: Omit<LoadOptions, 'folder'>,
): Promise<LoadedFile | ImportFailure> {
  const started = options.clock.monotonic();
  const { bundle } = bundled;
  const dags = bundled.importsSdk ? await dagsOf(file, bundle, options) : [];
  if (!isList(dags)) return dags;
  const wrong = await wrongPods(dags, options.checkPods);
  if (wrong !== null) return importFailure(file, wrong);
  const durationMilliseconds = Math.round(options.clock.monotonic() - started);
  return { kind: 'loaded', file, dags, bundle, durationMilliseconds };
}

/** A pod that cannot be built is a mistake of the DAG, told now and not by a stuck task. */
async function wrongPods(dags: readonly DagSpec[], check: CheckPods | undefined): Promise<string | null> {
  if (check === undefined) return null;
  const sentences = (await Promise.all(dags.map(check))).flat();
  if (sentences.length === 0) return null;
  const more = sentences.length - MOST_SENTENCES;
  return [...sentences.slice(0, MOST_SENTENCES), ...(more > 0 ? [`And ${more} more.`] : [])].join('\n');
}

async function dagsOf(
  file: string,
  bundle: Bundle,
  options: Omit<LoadOptions, 'folder'>,
): Promise<readonly DagSpec[] | ImportFailure> {
  const end = await runInChild(bundle, options);
  const understood = understandChild(end, options, file, bundle.code, BUNDLE_NAME);
  return isList(understood) ? checkDags(file, understood) : understood;
}

async function runInChild(bundle: Bundle, options: Omit<LoadOptions, 'folder'>): Promise<ChildEnd> {
  const folder = await scratchFolder(options.scratchFolder);
  try {
    const program = await childProgram();
    const [load, watch, code] = [join(folder, 'load.cjs'), join(folder, 'watch.cjs'), join(folder, BUNDLE_NAME)];
    await Promise.all([writeFile(load, program.load), writeFile(watch, program.watch), writeFile(code, bundle.code)]);
    return await runChild([load, code, watch], options, options.environment ?? {}, options.signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Named for this process, so that what it leaves when it is killed can be told from what is in use. */
async function scratchFolder(parent: string | undefined): Promise<string> {
  if (parent === undefined) return mkdtemp(join(tmpdir(), 'gantry-load-'));
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, `load-${process.pid}-`));
}

function isList<Item>(value: readonly Item[] | ImportFailure): value is readonly Item[] {
  return Array.isArray(value);
}
