import type { AttemptFact, Place } from '@gantry/sdk/model';
import { holdEnd } from './await-end.ts';
import type { Bench } from './bench.ts';
import type { LiveAttempt } from './led-run.ts';
import { move } from './move.ts';
import { unknownFact } from './unknown-fact.ts';

/**
 * Applies a fact to an attempt that was taken from its task instance: it may tell where it is and that it has ended, and
 * nothing else counts (I18). A report is the worker's word that nothing of its task runs any more; it stays in the
 * attempt's row for people.
 */
export function applyLateFact(attempt: LiveAttempt, fact: AttemptFact, bench: Bench): void {
  switch (fact.kind) {
    case 'claimed':
      seenRunning(attempt, null, bench);
      break;
    case 'started':
      seenRunning(attempt, fact.place, bench);
      break;
    case 'waiting':
      break;
    case 'launch_failed':
    case 'reported':
      endStopped(attempt, bench);
      break;
    case 'ended':
      attempt.place = fact.place ?? attempt.place;
      // Without proof of death its lease must end first (I03). An image has no lease: time must do.
      if (fact.holdSeconds !== undefined && fact.ending.failure !== null)
        holdEnd(attempt, fact.holdSeconds, fact.ending.failure, bench);
      else if (fact.ending.provenDead || !attempt.started || attempt.workload === 'image') endStopped(attempt, bench);
      else awaitLease(attempt, bench);
      break;
    default:
      throw unknownFact(fact);
  }
}

/** Closes an attempt that was made to stop and is dead; a task instance that waited for it may go on. */
export function endStopped(attempt: LiveAttempt, bench: Bench): void {
  const { run, index } = attempt;
  const place = attempt.place === null ? {} : { place: attempt.place };
  bench.collector.changeAttempt(run, {
    id: attempt.id,
    run_key: run.runKey,
    state: 'abandoned',
    waiting: '',
    ...place,
  });
  run.live.delete(index);
  bench.closed(attempt, 'failed');
  if (run.snapshot.instances[index]!.state !== 'restarting') return;
  move(run, index, 'none');
  bench.commitFirst(run);
}

function awaitLease(attempt: LiveAttempt, bench: Bench): void {
  const waiting =
    'It was made to end and is gone. Waiting until its lease has ended, since nothing proves that it is dead.';
  bench.collector.changeAttempt(attempt.run, { id: attempt.id, run_key: attempt.run.runKey, waiting });
}

function seenRunning(attempt: LiveAttempt, place: Place | null, bench: Bench): void {
  attempt.started = true;
  attempt.place = place ?? attempt.place;
  bench.collector.changeAttempt(attempt.run, {
    id: attempt.id,
    run_key: attempt.run.runKey,
    state: 'running',
    ...(place === null ? {} : { place }),
  });
}
