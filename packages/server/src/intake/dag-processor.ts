import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@gantry/sdk/model';
import type { Database } from '../store/database.ts';
import { listDagFiles } from '../store/list-dag-files.ts';
import { markMissingDags } from '../store/mark-missing-dags.ts';
import { saveDagFile } from '../store/save-dag-file.ts';
import { saveImportError } from '../store/save-import-error.ts';
import { type Bundled, bundleDagFile } from './bundle-dag-file.ts';
import { FileMemory } from './file-memory.ts';
import { FileStamps } from './file-stamps.ts';
import { type ImportFailure, importFailure } from './import-failure.ts';
import type { IntakeEvents } from './intake-events.ts';
import { type CheckPods, type LoadedFile, loadBundle } from './load-dag-file.ts';
import { DEFAULT_PROCESSOR_OPTIONS, type ProcessorOptions } from './processor-options.ts';
import { scanFolder } from './scan-folder.ts';
import { sha256 } from './sha256.ts';
import { sideBySide } from './side-by-side.ts';

export interface DagProcessorParts {
  readonly folder: string;
  readonly database: Database;
  readonly clock: Clock;
  readonly options?: Partial<ProcessorOptions>;
  readonly checkPods?: CheckPods;
  readonly events?: Partial<IntakeEvents>;
}

/**
 * A file that failed may have waited for something outside. One that could not be bundled is tried in each turn: it is
 * cheap, and what was missing is not among the files that are looked at.
 */
const TRY_AGAIN_SECONDS = 30;
/** After so many errors that are not the files' the turn ends: the database is away. */
const MOST_ERRORS = 3;

/** How many files each came out as, in one turn. */
export interface TurnCounts {
  parsed: number;
  unchanged: number;
  failed: number;
  removed: number;
}

/** Keeps the stored DAGs as the DAG folder says. */
export class DagProcessor {
  readonly #folder: string;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #options: ProcessorOptions;
  readonly #events: Partial<IntakeEvents>;
  readonly #memory: FileMemory;
  readonly #checkPods: CheckPods | undefined;

  constructor({ folder, database, clock, options, checkPods, events }: DagProcessorParts) {
    this.#folder = resolve(folder);
    this.#database = database;
    this.#clock = clock;
    this.#options = { ...DEFAULT_PROCESSOR_OPTIONS, ...options };
    this.#events = events ?? {};
    this.#memory = new FileMemory(clock);
    this.#checkPods = checkPods;
  }

  /** Looks at the folder until `signal` aborts. A turn that fails is told and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.once(signal);
      } catch (error) {
        if (!signal.aborted) this.#events.pollFailed?.({ error });
      }
      await sleep(this.#options.refreshIntervalSeconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One look at the folder. Only files that have changed are loaded. */
  async once(signal?: AbortSignal): Promise<TurnCounts> {
    const files = await scanFolder(this.#folder);
    const counts: TurnCounts = { parsed: 0, unchanged: 0, failed: 0, removed: 0 };
    for (const missing of await markMissingDags(this.#database, files)) {
      counts.removed += 1;
      this.#events.removed?.(missing);
    }
    this.#memory.keepOnly(files);
    const stored = await listDagFiles(this.#database);
    const stamps = new FileStamps();
    const errors: unknown[] = [];
    await sideBySide(files, this.#options.parsingProcesses, async (file) => {
      if (signal?.aborted || errors.length >= MOST_ERRORS) return;
      try {
        counts[await this.#process(file, stored.get(file), stamps, signal)] += 1;
      } catch (error) {
        errors.push(error);
      }
    });
    if (errors.length > 0) throw errors[0];
    return counts;
  }

  async #process(
    file: string,
    stored: string | undefined,
    stamps: FileStamps,
    signal: AbortSignal | undefined,
  ): Promise<keyof TurnCounts> {
    if (!(await this.#memory.hasChanged(file, stamps))) return 'unchanged';
    // What is known of the inputs is stamped before they are read.
    await this.#memory.prepare(file, stamps);
    const bundled = await bundleDagFile(this.#folder, file);
    if (bundled.kind === 'failure') {
      await this.#fail(bundled);
      await this.#memory.failed(file, [resolve(this.#folder, file)], stamps, null, 0);
      return 'failed';
    }
    const { inputs, bundle } = bundled;
    if (bundle.fingerprint === stored || this.#memory.hasFailed(file, bundle.fingerprint)) {
      await this.#memory.keep(file, inputs, stamps);
      return 'unchanged';
    }
    const result = await this.#loadAndStore(file, bundled, signal);
    // What was cut off says nothing about the file.
    if (signal?.aborted) return 'unchanged';
    if (result.kind === 'failure') {
      await this.#fail(result);
      await this.#memory.failed(file, inputs, stamps, bundle.fingerprint, TRY_AGAIN_SECONDS);
      return 'failed';
    }
    await this.#memory.loaded(file, inputs, stamps);
    return 'parsed';
  }

  async #loadAndStore(
    file: string,
    bundled: Bundled,
    signal: AbortSignal | undefined,
  ): Promise<LoadedFile | ImportFailure> {
    const { environment, timeoutSeconds, memoryLimitMebibytes, scratchFolder } = this.#options;
    const limits = { environment, timeoutSeconds, memoryLimitMebibytes };
    const loaded = await loadBundle(file, bundled, {
      clock: this.#clock,
      ...limits,
      ...(scratchFolder === undefined ? {} : { scratchFolder }),
      signal,
      checkPods: this.#checkPods,
    });
    if (loaded.kind === 'failure' || signal?.aborted) return loaded;
    const { dags, bundle, durationMilliseconds } = loaded;
    const saved = await saveDagFile(this.#database, {
      file,
      fingerprint: bundle.fingerprint,
      durationMilliseconds,
      dags: dags.map((spec) => ({ spec, specDigest: sha256(JSON.stringify(spec)) })),
      bundle,
      pausedAtCreation: this.#options.dagsArePausedAtCreation,
    });
    if (saved.kind === 'taken') {
      const sentence = `The DAG "${saved.dagId}" is defined in ${saved.file} already; give one of them another id.`;
      return importFailure(file, sentence);
    }
    const dagIds = dags.map(({ dagId }) => dagId);
    this.#events.loaded?.({ file, dagIds, versions: saved.versions, durationMilliseconds });
    return loaded;
  }

  async #fail({ file, message, line, position }: ImportFailure): Promise<void> {
    await saveImportError(this.#database, { file, message, line, position });
    this.#events.failed?.({ file, message, line, position });
  }
}
