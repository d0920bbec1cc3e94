import type { AttemptFact, Failure } from '@gantry/sdk/model';
import type { AttemptChange } from '../store/commit-steps.ts';
import type { Bench } from './bench.ts';
import type { LiveAttempt, PendingEnd } from './led-run.ts';

export type EndedFact = Extract<AttemptFact, { kind: 'ended' }>;

/** Notes what the attempt fails with unless something better is told in time; in its row, for whoever leads it then. */
export function awaitEnd(
  attempt: LiveAttempt,
  pending: PendingEnd,
  why: string,
  change: Partial<AttemptChange>,
  bench: Bench,
): void {
  const { failure, until } = pending;
  attempt.pending = pending;
  bench.collector.changeAttempt(attempt.run, {
    id: attempt.id,
    run_key: attempt.run.runKey,
    waiting: `${failure.sentence} ${why}`,
    pending_failure: failure,
    ...(until === null ? {} : { pending_until: new Date(until).toISOString() }),
    ...change,
  });
}

/** An image has no lease by which it would end itself, so its successor waits where nothing proves its death (I03). */
export function holdEnd(attempt: LiveAttempt, seconds: number, failure: Failure, bench: Bench): void {
  // Told again by another watch it keeps its time.
  if (attempt.pending !== null) return;
  const until = bench.now + seconds * 1000;
  const why = `Its process may live on where nobody sees it: waiting until ${new Date(until).toISOString()}.`;
  awaitEnd(attempt, { failure, until }, why, attempt.place === null ? {} : { place: attempt.place }, bench);
}
