import type { Order } from '@gantry/sdk/model';
import { type CommitAnswer, commitSteps, type StepBatch } from '../store/commit-steps.ts';
import type { Database } from '../store/database.ts';
import { databaseFailure, isContentRefused } from '../store/database-failure.ts';
import { halvesOf, partOfRuns, restOf } from './batch-parts.ts';
import type { EngineEvents } from './engine-events.ts';
import type { Hints } from './hints.ts';
import type { Launcher } from './launcher.ts';
import type { RunBook } from './run-book.ts';
import type { RunsSetAside } from './runs-set-aside.ts';

export interface CommitterParts {
  readonly database: Database;
  readonly book: RunBook;
  readonly launcher: Launcher;
  readonly setAside: RunsSetAside;
  readonly hints: Hints;
  readonly events: Partial<EngineEvents>;
  readonly monotonic: () => number;
}

/**
 * Commits the steps of a turn, and only then launches and stops what they say. One statement for all; when the database
 * refuses it for what is in it, the runs are committed in halves until the one that is to blame stands alone and is set
 * aside. Trouble of the database itself is thrown: then nothing is known of any run.
 */
export class Committer {
  readonly #parts: CommitterParts;
  /** When the last commit was sent, by the monotonic clock. */
  sentAt = Number.NEGATIVE_INFINITY;

  constructor(parts: CommitterParts) {
    this.#parts = parts;
  }

  async commit(serviceId: string, batch: StepBatch, orders: readonly Order[]): Promise<void> {
    await this.#commit(serviceId, batch, orders);
    this.#parts.book.settled();
  }

  async #commit(serviceId: string, batch: StepBatch, orders: readonly Order[]): Promise<void> {
    const { onTrial } = this.#parts.setAside;
    const tried = batch.runs.map((run) => run.run_key).filter((runKey) => onTrial.has(runKey));
    if (tried.length === 0) {
      const refusal = await this.#try(serviceId, batch, orders);
      if (refusal === null) return;
      if (batch.runs.length === 0) return this.#commitRest(serviceId, batch);
    }
    const isTried = new Set(tried);
    for (const runKey of tried) await this.#commitRuns(serviceId, partOfRuns(batch, new Set([runKey])), orders);
    const others = batch.runs.map((run) => run.run_key).filter((runKey) => !isTried.has(runKey));
    if (others.length > 0) await this.#commitRuns(serviceId, partOfRuns(batch, new Set(others)), orders);
    // Last, so that the place in the watch never stands behind what was not stored; what was told of runs that are set
    // aside goes into the inbox with it.
    await this.#commitRest(serviceId, restOf(batch, this.#parts.book.collector.takeForeign()));
  }

  async #commitRuns(serviceId: string, batch: StepBatch, orders: readonly Order[]): Promise<void> {
    const refusal = await this.#try(serviceId, batch, orders);
    if (refusal === null) return;
    const [first, ...others] = batch.runs;
    if (others.length === 0) this.#breakOff(first!.run_key, refusal.error);
    else for (const half of halvesOf(batch)) await this.#commitRuns(serviceId, half, orders);
  }

  #breakOff(runKey: number, error: unknown): void {
    const { book } = this.#parts;
    const run = book.runs.get(runKey);
    if (run !== undefined) book.breakOff(run, error);
  }

  /** Facts for other leaders and the place in the watch. A fact that cannot be stored is told and left out. */
  async #commitRest(serviceId: string, rest: StepBatch): Promise<void> {
    const { foreign, cursor } = rest;
    if (foreign.length === 0 && cursor === undefined) return;
    const refusal = await this.#try(serviceId, rest, []);
    if (refusal === null) return;
    if (foreign.length === 0) throw refusal.error;
    for (const fact of foreign) {
      const { cursor: _, ...alone } = { ...rest, foreign: [fact] };
      const refused = await this.#try(serviceId, alone, []);
      if (refused === null) continue;
      const what = `What was seen of attempt ${fact.attempt_id} (${fact.kind}) cannot be stored and is left out.`;
      this.#parts.events.trouble?.({ what, error: refused.error });
    }
    if (cursor !== undefined) await this.#commitRest(serviceId, { ...rest, foreign: [] });
  }

  /** Null when it is committed; what the database said when the rows are to blame. */
  async #try(serviceId: string, batch: StepBatch, orders: readonly Order[]): Promise<{ error: unknown } | null> {
    this.sentAt = this.#parts.monotonic();
    let answer: CommitAnswer;
    try {
      answer = await commitSteps(this.#parts.database, serviceId, batch);
    } catch (error) {
      if (isContentRefused(databaseFailure(error))) return { error };
      throw error;
    }
    await this.#committed(batch, answer, orders);
    return null;
  }

  async #committed(batch: StepBatch, answer: CommitAnswer, orders: readonly Order[]): Promise<void> {
    const { book, launcher, hints, events, setAside } = this.#parts;
    const { runs, attempts, instances } = batch;
    events.committed?.({ runs: runs.length, attempts: attempts.length, instances: instances.length });
    book.afterCommit(batch, answer, hints);
    const held = new Set(answer.held);
    const refused = new Set(answer.refused);
    const granted = orders.filter((order) => held.has(order.runKey) && !refused.has(order.attemptId));
    launcher.launch(granted, this.sentAt);
    launcher.stop(book.takeStops(held));
    // The end of a run may let another of its DAG begin.
    if (runs.some((run) => run.state !== undefined)) hints.hear('runs');
    await setAside.committed(answer.held);
  }
}
