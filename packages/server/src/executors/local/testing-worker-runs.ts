import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from '@gantry/sdk/model';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import {
  type AttemptSettings,
  type KnownAttempt,
  linesOf,
  outcomeOf,
  TestingExecutionApi,
} from '../testing-execution-api.ts';
import { type BuiltWorker, buildWorker, startTestedWorker, type TestedWorker } from '../testing-worker.ts';

export interface RunningWorker {
  readonly known: KnownAttempt;
  readonly worker: TestedWorker;
}

export interface WorkerEnd {
  readonly known: KnownAttempt;
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Throws when the worker did not report. */
  readonly outcome: () => Outcome;
  /** Texts of the log that reached the API. */
  readonly texts: () => readonly string[];
}

export interface StartOptions {
  readonly environment?: { readonly [name: string]: string };
  /** What is written to descriptor 3; null for nothing. */
  readonly secret?: string | null;
}

/** Real workers against a real HTTP server, one server and one folder for each test of the file. */
export class WorkerRuns {
  #built: BuiltWorker | undefined;
  #folder: string | undefined;
  #api: TestingExecutionApi | undefined;
  readonly #started: TestedWorker[] = [];

  get api(): TestingExecutionApi {
    if (this.#api === undefined) throw new Error('There is no API outside a test.');
    return this.#api;
  }

  /** A path in the folder of the test. */
  path(name: string): string {
    if (this.#folder === undefined) throw new Error('There is no folder outside a test.');
    return join(this.#folder, name);
  }

  start(settings: AttemptSettings = {}, { environment = {}, secret = 'secret' }: StartOptions = {}): RunningWorker {
    const known = this.api.know(randomUUID(), settings);
    const own = { GANTRY_API_URL: this.api.url, GANTRY_ATTEMPT_ID: known.attemptId };
    return { known, worker: this.startBare({ ...own, ...environment }, secret) };
  }

  startBare(environment: { readonly [name: string]: string }, secret: string | null): TestedWorker {
    if (this.#built === undefined) throw new Error('The worker was not built.');
    const worker = startTestedWorker(this.#built.file, environment, secret);
    this.#started.push(worker);
    return worker;
  }

  async end({ known, worker }: RunningWorker): Promise<WorkerEnd> {
    const exit = await worker.exit;
    const texts = () => linesOf(known).map(({ text }) => text);
    return { known, ...exit, stdout: worker.stdout(), stderr: worker.stderr(), outcome: () => outcomeOf(known), texts };
  }

  run(settings: AttemptSettings = {}, options: StartOptions = {}): Promise<WorkerEnd> {
    return this.end(this.start(settings, options));
  }

  /** Called once at the top of a test file. */
  install(): this {
    beforeAll(async () => {
      this.#built = await buildWorker();
    });
    afterAll(() => this.#built?.remove());
    beforeEach(async () => {
      this.#folder = mkdtempSync(join(tmpdir(), 'gantry-worker-runs-'));
      this.#api = await new TestingExecutionApi().open();
    });
    afterEach(async () => {
      for (const { child } of this.#started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
      await this.#api?.close();
      if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    });
    return this;
  }
}
