import type { Failure } from '@gantry/sdk/model';
import { overdueRun } from '../plan/run-deadline.ts';
import type { AttemptChange } from '../store/commit-steps.ts';
import type { Queryable } from '../store/database.ts';
import { expiredAttempts } from '../store/expired-attempts.ts';
import { forgetLateFacts } from '../store/read-facts.ts';
import { closeFailed } from './apply-fact.ts';
import { endStopped } from './apply-late-fact.ts';
import type { EngineOptions } from './engine-options.ts';
import type { LedRun, LiveAttempt } from './led-run.ts';
import type { RunBook } from './run-book.ts';

const CHECK_MILLISECONDS = 2000;
/** After the lease's end by the database's clock, so that a worker's own clock may run a little slow (rule D12). */
const LEASE_MARGIN_SECONDS = 5;
const AMNESTY_HEARTBEATS = 3;
const FORGET_MILLISECONDS = 60_000;

/** What time alone ends: leases of vanished workers, launches that never start, runs that take too long. */
export class Deadlines {
  readonly #database: Queryable;
  readonly #options: EngineOptions;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #forgotAt = Number.NEGATIVE_INFINITY;
  #amnestyUntil = Number.NEGATIVE_INFINITY;

  constructor(database: Queryable, options: EngineOptions) {
    this.#database = database;
    this.#options = options;
  }

  /** Looks at most every two seconds. `now` in milliseconds by the database's clock. */
  async check(serviceId: string, book: RunBook, now: number): Promise<void> {
    if (now - this.#checkedAt < CHECK_MILLISECONDS) return;
    this.#noteOutage(now);
    if (book.attempts.size > 0) {
      if (now >= this.#amnestyUntil) await this.#endExpired(serviceId, book, now);
      this.#giveUpUnstarted(book, now);
      this.#endPending(book, now);
    }
    if (now - this.#forgotAt > FORGET_MILLISECONDS) {
      this.#forgotAt = now;
      await forgetLateFacts(this.#database);
    }
    this.#endOverdueRuns(book, now);
  }

  /**
   * A gap between two checks, the first check of all among them, means that this scheduler or the database was away:
   * then workers could not renew either, and nobody is judged before each had time to (I35).
   */
  #noteOutage(now: number): void {
    const heartbeat = this.#options.heartbeatSeconds * 1000;
    if (now - this.#checkedAt > CHECK_MILLISECONDS + heartbeat)
      this.#amnestyUntil = now + AMNESTY_HEARTBEATS * heartbeat;
    this.#checkedAt = now;
  }

  async #endExpired(serviceId: string, book: RunBook, now: number): Promise<void> {
    for (const id of await expiredAttempts(this.#database, serviceId, LEASE_MARGIN_SECONDS)) {
      const attempt = book.attempts.get(id);
      if (attempt === undefined) continue;
      endAttempt(attempt, attempt.pending?.failure ?? leaseEnded(attempt), { expect: 'no_report' }, book, now);
    }
  }

  #giveUpUnstarted(book: RunBook, now: number): void {
    const { queuedTimeoutSeconds } = this.#options;
    for (const attempt of [...book.attempts.values()]) {
      if (attempt.started || now - attempt.queuedAt < queuedTimeoutSeconds * 1000) continue;
      endAttempt(attempt, neverStarted(attempt, queuedTimeoutSeconds), { expect: 'no_claim' }, book, now);
    }
  }

  /** Nothing better was told in time. */
  #endPending(book: RunBook, now: number): void {
    for (const attempt of [...book.attempts.values()]) {
      const { pending } = attempt;
      if (pending === null || pending.until === null || pending.until > now) continue;
      endAttempt(attempt, pending.failure, {}, book, now);
    }
  }

  #endOverdueRuns(book: RunBook, now: number): void {
    for (const run of book.runs.values()) {
      if (run.spec.dagrunTimeoutSeconds !== null) book.contain(run, () => endOverdueRun(run, book, now));
    }
  }
}

/** Nothing where its run was set aside meanwhile. */
function endAttempt(
  attempt: LiveAttempt,
  failure: Failure,
  change: Partial<AttemptChange>,
  book: RunBook,
  now: number,
): void {
  const { run } = attempt;
  if (book.runs.get(run.runKey) !== run) return;
  book.contain(run, () => {
    if (attempt.stopping) endStopped(attempt, book.bench(now));
    else closeFailed(attempt, failure, change, book.bench(now));
    book.activate(run);
  });
}

function endOverdueRun(run: LedRun, book: RunBook, now: number): void {
  const overdue = overdueRun(run.snapshot, now);
  if (overdue === null) return;
  for (const index of overdue.stop) {
    const attempt = run.live.get(index);
    if (attempt !== undefined) book.stop(attempt, 'The run took longer than its dagrunTimeout.');
  }
  for (const step of overdue.steps) book.applyStep(run, step);
}

function leaseEnded(attempt: LiveAttempt): Failure {
  return {
    class: 'disrupted',
    sentence: `The worker of try ${attempt.tryNumber} stopped renewing its claim and its lease has ended.`,
    retryable: true,
    detail: { place: attempt.place === null ? null : { ...attempt.place } },
  };
}

function neverStarted(attempt: LiveAttempt, seconds: number): Failure {
  return {
    class: 'never_started',
    sentence: `Try ${attempt.tryNumber} waited ${seconds} s for its ${attempt.place?.kind ?? 'worker'} to start and was given up.`,
    retryable: true,
    detail: {},
  };
}
