import { GantryError } from '@gantry/sdk/model';
import type { Queryable } from '../store/database.ts';
import { databaseFailure } from '../store/database-failure.ts';
import { type HeldRow, heldRows } from '../store/held-rows.ts';
import {
  releaseSetAside,
  type SetAsideRow,
  setAsideAmong,
  setAsideWithoutLead,
  setRunAside,
} from '../store/set-run-aside.ts';
import type { EngineEvents } from './engine-events.ts';

/** When the row that says so could not be written either. */
const DEFAULT_WAIT_MILLISECONDS = 5000;
const LONGEST_SENTENCE = 2000;
/** Between the two looks that tell a row that is held from one that a statement has just passed over. */
const LOOK_AGAIN_MILLISECONDS = 300;

/** A run that cannot be gone on with, and what stood in the way. */
export interface BrokenRun {
  readonly runKey: number;
  readonly error: unknown;
}

/**
 * Runs whose next step fails for what they are: a commit that the database refuses, rows or a version that cannot be
 * read, a fact that cannot be applied (I26). They wait, with a row that says why, and are tried again after a back-off;
 * until one has committed it commits alone, so that all others lose nothing by it. A takeover tries them at once.
 */
export class RunsSetAside {
  readonly #database: Queryable;
  readonly #events: Partial<EngineEvents>;
  /** When each is tried again, by the database's clock. */
  readonly #waiting = new Map<number, number>();
  readonly #onTrial = new Set<number>();
  /** Those of the waiting of which another session held a row. */
  readonly #held = new Set<number>();
  #told: ReadonlySet<string> = new Set();

  constructor(database: Queryable, events: Partial<EngineEvents>) {
    this.#database = database;
    this.#events = events;
  }

  /** Those that are left alone now. */
  get waiting(): readonly number[] {
    return [...this.#waiting.keys()];
  }

  /** Those that are tried again and have not committed yet. */
  get onTrial(): ReadonlySet<number> {
    return this.#onTrial;
  }

  /** Never throws: when the row cannot be written, the run waits all the same. */
  async put(broken: readonly BrokenRun[], now: number): Promise<void> {
    for (const { runKey, error } of broken) {
      this.#onTrial.delete(runKey);
      this.#waiting.set(runKey, now + DEFAULT_WAIT_MILLISECONDS);
      try {
        const row = await setRunAside(this.#database, runKey, sentenceOf(error));
        if (row === null) continue;
        this.#waiting.set(runKey, Date.parse(row.next_check_at));
        this.#tell(row, error);
      } catch (failure) {
        const what = `A run (run_key ${runKey}) is set aside, but this could not be noted.`;
        this.#events.trouble?.({ what, error: failure });
      }
    }
  }

  /**
   * Told of a turn that failed. When it waited too long for a row (rule D7), the runs of rows that another session holds
   * wait until those are free. Never throws.
   */
  async afterFailure(error: unknown, serviceId: string | null, now: number): Promise<void> {
    if (serviceId === null || databaseFailure(error).kind !== 'lock_timeout') return;
    try {
      const first = await heldRows(this.#database, serviceId);
      if (first.length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MILLISECONDS));
      const seen = new Set(first.map(rowOf));
      const held = (await heldRows(this.#database, serviceId)).filter((row) => seen.has(rowOf(row)));
      const byRun = new Map(held.map((row) => [row.run_key, row]));
      await this.put(
        [...byRun].map(([runKey, row]) => ({ runKey, error: rowHeld(row) })),
        now,
      );
      for (const runKey of byRun.keys()) this.#held.add(runKey);
    } catch (failure) {
      this.#events.trouble?.({ what: 'Which rows are held by other sessions is not known.', error: failure });
    }
  }

  /** Those whose time has come; they are on trial from now on. One whose row is still held goes on waiting. */
  async takeDue(serviceId: string, now: number): Promise<number[]> {
    const come = [...this.#waiting].filter(([, at]) => at <= now).map(([runKey]) => runKey);
    const asks = come.some((runKey) => this.#held.has(runKey));
    const still = new Set(asks ? (await heldRows(this.#database, serviceId)).map((row) => row.run_key) : []);
    const due = come.filter((runKey) => !(this.#held.has(runKey) && still.has(runKey)));
    for (const runKey of come) this.#waiting.set(runKey, now + DEFAULT_WAIT_MILLISECONDS);
    for (const runKey of due) {
      this.#held.delete(runKey);
      this.#waiting.delete(runKey);
      this.#onTrial.add(runKey);
    }
    return due;
  }

  /** Runs that came from another scheduler: what it had set aside is on trial here. */
  async tookOver(runKeys: readonly number[]): Promise<void> {
    if (runKeys.length === 0) return;
    for (const runKey of await setAsideAmong(this.#database, runKeys)) this.#onTrial.add(runKey);
  }

  /** Told which runs a commit held; those on trial are released. */
  async committed(runKeys: readonly number[]): Promise<void> {
    if (this.#onTrial.size === 0) return;
    const released = runKeys.filter((runKey) => this.#onTrial.has(runKey));
    if (released.length === 0) return;
    await releaseSetAside(this.#database, released);
    for (const runKey of released) this.#onTrial.delete(runKey);
  }

  /** Runs that are not led by this scheduler any more. */
  lost(runKeys: readonly number[]): void {
    for (const runKey of runKeys) this.#onTrial.delete(runKey);
  }

  /** The lease has ended: whoever takes the runs tries them at once. */
  forget(): void {
    this.#waiting.clear();
    this.#held.clear();
    this.#onTrial.clear();
  }

  /** Tells of runs that the database set aside because they could not even be started, each failure once. */
  async tellUnstarted(): Promise<void> {
    const rows = await setAsideWithoutLead(this.#database);
    for (const row of rows) if (!this.#told.has(keyOf(row))) this.#tell(row, undefined);
    this.#told = new Set(rows.map(keyOf));
  }

  #tell({ dag_id: dagId, run_id: runId, sentence, next_check_at: at }: SetAsideRow, cause: unknown): void {
    const what = `Run ${runId} of DAG ${dagId} is set aside until ${at}, all others go on. ${sentence}`;
    this.#events.trouble?.({ what, error: new GantryError('run_set_aside', what, { cause }) });
  }
}

function keyOf(row: SetAsideRow): string {
  return `${row.run_key} ${row.failures}`;
}

function rowOf({ table, row }: HeldRow): string {
  return `${table} ${row}`;
}

function rowHeld({ table }: HeldRow): GantryError {
  const sentence = `Another session of the database holds a row of it (table ${table}); it goes on when that is free.`;
  return new GantryError('run_set_aside', sentence);
}

function sentenceOf(error: unknown): string {
  if (error instanceof GantryError && error.code === 'run_set_aside') return error.message;
  const { sqlState, message } = databaseFailure(error);
  const said =
    sqlState === undefined
      ? `Its next step cannot be made: ${message}`
      : `The database refuses its next step: ${message} (SQLSTATE ${sqlState})`;
  // Postgres stores no NUL, and what is told of an error must not fail for the error's own text.
  return said.replaceAll('\0', '').slice(0, LONGEST_SENTENCE);
}
