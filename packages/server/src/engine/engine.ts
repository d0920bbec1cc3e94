import type { AttemptFact, Order, Random } from '@gantry/sdk/model';
import { examineRun } from '../plan/examine-run.ts';
import { completeBackfills } from '../store/change-backfill.ts';
import type { StepBatch } from '../store/commit-steps.ts';
import type { Database } from '../store/database.ts';
import { leadRequestedRuns, startRuns, takeRuns } from '../store/lead-runs.ts';
import { peek, type Waiting } from '../store/peek.ts';
import { poolUse } from '../store/pool-use.ts';
import { readFacts } from '../store/read-facts.ts';
import { Committer } from './committer.ts';
import type { DatabaseClock } from './database-clock.ts';
import { Deadlines } from './deadlines.ts';
import type { EngineEvents } from './engine-events.ts';
import type { EngineOptions } from './engine-options.ts';
import type { ExecutorTable } from './executor-table.ts';
import { FactInbox, type TakenFacts } from './fact-inbox.ts';
import { factsOfOneCommit } from './facts-of-one-commit.ts';
import { foreignFact } from './foreign-fact.ts';
import { type Hinted, Hints } from './hints.ts';
import { Launcher, unlaunched } from './launcher.ts';
import type { Leadership } from './leadership.ts';
import type { LedRun } from './led-run.ts';
import { makeRuns } from './make-runs.ts';
import { PoolsSetAside } from './pools-set-aside.ts';
import { queueReady } from './queue-ready.ts';
import { RunBook } from './run-book.ts';
import { RunsSetAside } from './runs-set-aside.ts';

const FACTS_PER_TURN = 1000;
/**
 * Commits keep a distance that grows with the open attempts: what waits for many others anyway loses at most a few
 * percent by it (a thousand attempts take seconds to end), and a chain beside little load loses next to nothing.
 */
const DISTANCE_MILLISECONDS_PER_ATTEMPT = 0.1;
const LONGEST_DISTANCE_MILLISECONDS = 50;

export interface EngineParts {
  readonly database: Database;
  readonly executors: ExecutorTable;
  readonly clock: DatabaseClock;
  readonly leadership: Leadership;
  readonly random: Random;
  readonly options: EngineOptions;
  readonly events?: Partial<EngineEvents>;
  /** True when a scheduler's process is proven to be gone; nothing proves it by default. */
  readonly isProvenGone?: (process: string) => boolean;
}

/**
 * The loop: collect facts, plan, commit, launch. The single writer of state. One turn does all that is known to wait
 * and ends with at most one group commit; what arrives during the commit is the next turn's, so the batches grow with
 * the load and a lone task pays no window.
 */
export class Engine {
  readonly inbox: FactInbox;
  readonly #parts: EngineParts;
  readonly #events: Partial<EngineEvents>;
  readonly #hints = new Hints();
  readonly #book: RunBook;
  readonly #launcher: Launcher;
  readonly #deadlines: Deadlines;
  readonly #poolsSetAside: PoolsSetAside;
  readonly #setAside: RunsSetAside;
  readonly #committer: Committer;
  #polledAt = Number.NEGATIVE_INFINITY;
  #pooledAt = Number.NEGATIVE_INFINITY;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#events = parts.events ?? {};
    this.inbox = new FactInbox(() => this.#hints.wake());
    const evidenceSeconds = (name: string): number => parts.executors.all.get(name)?.evidenceSeconds ?? 0;
    this.#book = new RunBook(parts.database, parts.options.retryPolicy, evidenceSeconds, this.#events);
    this.#launcher = new Launcher(parts.executors, this.#events, (facts) => this.#tell(facts));
    this.#deadlines = new Deadlines(parts.database, parts.options);
    this.#poolsSetAside = new PoolsSetAside(parts.database, this.#events);
    this.#setAside = new RunsSetAside(parts.database, this.#events);
    this.#committer = new Committer({
      database: parts.database,
      book: this.#book,
      launcher: this.#launcher,
      setAside: this.#setAside,
      hints: this.#hints,
      events: this.#events,
      monotonic: () => parts.clock.monotonic(),
    });
  }

  /** Works until `signal` aborts, then gives up its lead so that others take over at once. */
  async run(signal: AbortSignal): Promise<void> {
    const stopListening = await this.#parts.database.listen('gantry_scheduler', (payload) => this.#hints.hear(payload));
    const observers = [...this.#parts.executors.all.values()].map((executor) => executor.observe(this.inbox, signal));
    const wakeUp = (): void => this.#hints.wake();
    signal.addEventListener('abort', wakeUp);
    try {
      while (!signal.aborted) {
        const busy = await this.#turn();
        if (!busy && !signal.aborted) await this.#hints.wait(this.#sleepMilliseconds());
        if (!signal.aborted) await this.#keepDistance();
      }
    } finally {
      signal.removeEventListener('abort', wakeUp);
      this.inbox.refuse(new Error('The scheduler stops.'));
      await Promise.allSettled(observers);
      await this.#launcher.idle();
      await stopListening();
      await this.#parts.leadership.resign();
    }
  }

  /** Lets facts gather while much is under way; a few milliseconds more in a batch are a statement less for each. */
  async #keepDistance(): Promise<void> {
    const wanted = this.#book.attempts.size * DISTANCE_MILLISECONDS_PER_ATTEMPT;
    const distance = Math.min(wanted, LONGEST_DISTANCE_MILLISECONDS);
    const left = this.#committer.sentAt + distance - this.#parts.clock.monotonic();
    if (left > 1) await new Promise((resolve) => setTimeout(resolve, left));
  }

  /** One turn; answers whether it found something to do. Database trouble is told, and the turn is tried again. */
  async #turn(): Promise<boolean> {
    try {
      return await this.once();
    } catch (error) {
      this.#events.trouble?.({ what: 'A turn of the scheduler failed; what it leads is read anew.', error });
      this.#forgetAll(error);
      await this.#poolsSetAside.afterFailure(error);
      const { leadership, clock } = this.#parts;
      await this.#setAside.afterFailure(error, leadership.id, clock.now());
      await this.#hints.pause(this.#parts.options.pollMilliseconds);
      return true;
    }
  }

  /** The `once` twin of `run`: a single turn without waiting. */
  async once(): Promise<boolean> {
    const serviceId = await this.#lead();
    const due = await this.#due(serviceId);
    let busy = false;
    if (due.dags) busy = (await makeRuns(this.#parts.database, this.#parts.clock.now(), this.#events)) > 0;
    if (due.backfills) await completeBackfills(this.#parts.database);
    if (due.runs || due.orphans || due.requests) busy = (await this.#gather(serviceId, due)) || busy;
    return (await this.#advance(serviceId, due.facts || due.requests)) || busy;
  }

  async #lead(): Promise<string> {
    const held = await this.#parts.leadership.ensure();
    if (held !== 'held') this.#events.lead?.({ kind: held });
    if (held === 'lost') {
      this.#setAside.forget();
      this.#forgetAll(new Error('The lease of this scheduler ended.'));
      await this.#parts.leadership.ensure();
    }
    return this.#parts.leadership.id!;
  }

  /** What is hinted at, and once a poll interval what the database says is waiting. */
  async #due(serviceId: string): Promise<Hinted & { readonly orphans: boolean; readonly backfills: boolean }> {
    const hinted = this.#hints.take();
    const now = this.#parts.clock.monotonic();
    if (now - this.#polledAt < this.#parts.options.pollMilliseconds)
      return { ...hinted, orphans: false, backfills: false };
    this.#polledAt = now;
    const found = await peek(this.#parts.database, serviceId);
    const foundDead = await this.#endDead(found.schedulers);
    if (found.setAside) await this.#setAside.tellUnstarted();
    return {
      facts: hinted.facts || found.facts,
      runs: hinted.runs || found.runs,
      requests: hinted.requests || found.requests,
      orphans: found.orphans || foundDead,
      backfills: found.backfills,
      dags: hinted.dags || found.dags,
    };
  }

  /** A lease tells only that its scheduler lived a while ago; where its death can be proven nobody needs to wait for the end. */
  async #endDead(schedulers: Waiting['schedulers']): Promise<boolean> {
    const { leadership, isProvenGone } = this.#parts;
    const dead = isProvenGone === undefined ? [] : schedulers.filter(({ process }) => isProvenGone(process));
    for (const { id, process } of dead) {
      await leadership.endDead(id);
      this.#events.foundDead?.({ serviceId: id, process });
    }
    return dead.length > 0;
  }

  async #gather(serviceId: string, due: { runs: boolean; orphans: boolean; requests: boolean }): Promise<boolean> {
    const limit = this.#parts.options.runsPerTurn;
    const started = due.runs ? await startRuns(this.#parts.database, serviceId, limit) : [];
    const taken = due.orphans ? await takeRuns(this.#parts.database, serviceId, limit) : [];
    const asked = due.requests ? await leadRequestedRuns(this.#parts.database, serviceId, limit) : [];
    if (started.length > 0) this.#events.took?.({ kind: 'started', runs: started.length });
    if (taken.length > 0) this.#events.took?.({ kind: 'taken over', runs: taken.length });
    if (started.length === limit) this.#hints.hear('runs');
    if (taken.length > 0) {
      this.#hints.hear('facts');
      this.#polledAt = Number.NEGATIVE_INFINITY;
    }
    await this.#setAside.tookOver([...taken, ...asked]);
    const runs = await this.#book.load(serviceId, [...started, ...taken, ...asked]);
    this.#resume(runs);
    return runs.length > 0;
  }

  /** Facts, deadlines, plan, commit, launch. */
  async #advance(serviceId: string, readInbox: boolean): Promise<boolean> {
    const taken = this.inbox.take();
    try {
      await this.#readAgain(serviceId);
      if (readInbox) await this.#applyInbox(serviceId);
      await this.#commitFirst(serviceId);
      for (const fact of [...this.#book.takePending(), ...taken.facts()]) this.#applyAttemptFact(fact);
      await this.#deadlines.check(serviceId, this.#book, this.#parts.clock.now());
      await this.#commitFirst(serviceId);
      const orders = await this.#decide();
      this.#book.releaseResting();
      const batch = this.#take(cursorOf(taken));
      if (batch !== null) await this.#committer.commit(serviceId, batch, orders);
      await this.#setAside.put(this.#book.takeBroken(), this.#parts.clock.now());
      taken.committed();
      return batch !== null;
    } catch (error) {
      taken.failed(error);
      throw error;
    }
  }

  /** Requests, and what waited for the end of an attempt, are committed by themselves: the rows show each state, and no transition is passed over. */
  async #commitFirst(serviceId: string): Promise<void> {
    if (!this.#book.takeCommitsFirst()) return;
    const batch = this.#take(undefined);
    if (batch === null) return;
    await this.#committer.commit(serviceId, batch, []);
    await this.#readAgain(serviceId);
  }

  #take(cursor: StepBatch['cursor']): StepBatch | null {
    return this.#book.collector.take(cursor, (run, error) => this.#book.breakOff(run, error));
  }

  /** What the last commits left out, and what was set aside and is due again. */
  async #readAgain(serviceId: string): Promise<void> {
    this.#resume(await this.#book.reload(serviceId, this.#setAside.waiting));
    const due = await this.#setAside.takeDue(serviceId, this.#parts.clock.now());
    if (due.length === 0) return;
    this.#resume(await this.#book.tryAgain(serviceId, due));
    this.#setAside.lost(due.filter((runKey) => !this.#book.runs.has(runKey)));
    this.#hints.hear('requests');
  }

  #resume(runs: readonly LedRun[]): void {
    this.#launcher.resume(
      runs.flatMap((run) => this.#book.contain(run, () => unlaunched(run)) ?? []),
      runs,
    );
  }

  async #applyInbox(serviceId: string): Promise<void> {
    const rows = await readFacts(this.#parts.database, serviceId, FACTS_PER_TURN, this.#setAside.waiting);
    const fitting = factsOfOneCommit(rows);
    // The lead of a run may end with this commit; what waits for the next one is then found as a request.
    if (fitting.length < rows.length) this.#hints.hear('requests');
    if (rows.length === FACTS_PER_TURN) this.#hints.hear('facts');
    for (const row of fitting) this.#book.applyRow(row, this.#parts.clock.now());
  }

  #applyAttemptFact(fact: AttemptFact): void {
    const attempt = this.#book.attempts.get(fact.attemptId);
    if (attempt !== undefined) this.#book.applyFact(attempt, fact, this.#parts.clock.now());
    else this.#book.collector.foreign(foreignFact(fact));
  }

  async #decide(): Promise<Order[]> {
    await this.#book.lookUpPasts();
    const now = this.#parts.clock.now();
    for (const run of this.#book.toExamine(now)) {
      this.#book.contain(run, () => {
        for (const step of examineRun(run.snapshot, now)) this.#book.applyStep(run, step);
        this.#book.examined(run, now);
      });
    }
    if (!this.#book.asksForSlots) return [];
    await this.#refreshPools(now);
    return queueReady(this.#book, this.#parts.executors, this.#parts.options, this.#parts.random, now);
  }

  /** Pools change by other schedulers and by hand, so those that hold somebody up are looked at once a poll. */
  async #refreshPools(now: number): Promise<void> {
    if (now - this.#pooledAt < this.#parts.options.pollMilliseconds) return;
    this.#pooledAt = now;
    this.#book.setPools(await this.#poolsSetAside.mask(await poolUse(this.#parts.database)));
  }

  #tell(facts: readonly AttemptFact[]): void {
    this.inbox.record(facts).catch((error: unknown) => {
      this.#events.trouble?.({ what: 'A fact was not recorded; it is found again.', error });
    });
  }

  #forgetAll(error: unknown): void {
    if (isLeaseLost(error)) this.#parts.leadership.lose();
    this.#book.forgetAll();
    this.#polledAt = Number.NEGATIVE_INFINITY;
    this.#pooledAt = Number.NEGATIVE_INFINITY;
  }

  #sleepMilliseconds(): number {
    const poll = this.#parts.options.pollMilliseconds - (this.#parts.clock.monotonic() - this.#polledAt);
    const wake = this.#book.nextWake(this.#parts.clock.now());
    return wake === null ? poll : Math.min(poll, wake);
  }
}

function cursorOf(taken: TakenFacts): StepBatch['cursor'] {
  const { cursor } = taken;
  if (cursor === undefined) return undefined;
  return {
    watch_id: cursor.watchId,
    epoch: cursor.epoch,
    cluster_id: cursor.clusterId,
    selector: cursor.selector,
    resource_version: cursor.resourceVersion,
  };
}

/** The error may come as Postgres gave it, or with it as its cause. */
function isLeaseLost(error: unknown): boolean {
  const codeOf = (value: unknown): unknown => (value as { code?: unknown } | null | undefined)?.code;
  return codeOf(error) === 'GA003' || codeOf((error as { cause?: unknown } | null)?.cause) === 'GA003';
}
