import type { AttemptFact, Failure, Outcome, Place } from '@gantry/sdk/model';
import { skipsOfDecision } from '../plan/branch-skips.ts';
import { concludeAttempt } from '../plan/conclude-attempt.ts';
import { countFailure } from '../plan/failure-counts.ts';
import { isToldToEnd, withEvidence } from '../plan/pod-evidence.ts';
import type { AttemptChange } from '../store/commit-steps.ts';
import { applyLateFact } from './apply-late-fact.ts';
import { awaitEnd, type EndedFact, holdEnd } from './await-end.ts';
import type { Bench } from './bench.ts';
import type { LiveAttempt } from './led-run.ts';
import { move } from './move.ts';
import { unknownFact } from './unknown-fact.ts';

/** Applies one fact to an open attempt and the snapshot of its run. What is told twice changes nothing. */
export function applyFact(attempt: LiveAttempt, fact: AttemptFact, bench: Bench): void {
  if (attempt.stopping) {
    applyLateFact(attempt, fact, bench);
    return;
  }
  switch (fact.kind) {
    case 'claimed':
      started(attempt, bench, {});
      break;
    case 'started':
      attempt.place = fact.place;
      started(attempt, bench, { place: fact.place });
      break;
    case 'waiting':
      waits(attempt, fact.sentence, fact.place, bench);
      break;
    case 'launch_failed':
      closeFailed(attempt, fact.failure, { expect: 'no_claim' }, bench);
      break;
    case 'reported':
      reported(attempt, fact.outcome, bench);
      break;
    case 'ended':
      attempt.place = fact.place ?? attempt.place;
      ended(attempt, fact, bench);
      break;
    default:
      throw unknownFact(fact);
  }
}

/** Closes an attempt whose end needs no further proof, e.g. because its lease is over. */
export function closeFailed(
  attempt: LiveAttempt,
  failure: Failure,
  change: Partial<AttemptChange>,
  bench: Bench,
): void {
  const { run, index, task } = attempt;
  const instance = run.snapshot.instances[index]!;
  const conclusion = concludeAttempt({
    task,
    dagId: run.dagId,
    runId: run.runId,
    tryNumber: instance.tryNumber,
    maxTries: instance.maxTries,
    failures: instance.failures,
    failure,
    skippedReason: null,
    now: bench.now,
    policy: bench.policy,
  });
  const final = 'failure' in conclusion ? conclusion.failure : failure;
  close(attempt, 'failed', { failure: final, ...change }, bench);
  instance.reason = final.sentence;
  instance.failures = countFailure(instance.failures, failure.class, conclusion.kind === 'retry_free');
  if (conclusion.kind === 'retry') {
    instance.notBefore = conclusion.notBefore;
    move(run, index, 'up_for_retry');
  } else if (conclusion.kind === 'retry_free') {
    instance.notBefore = conclusion.notBefore;
    move(run, index, 'scheduled');
  } else {
    move(run, index, 'failed');
  }
}

function waits(attempt: LiveAttempt, sentence: string, place: Place | null, bench: Bench): void {
  if (attempt.started) return;
  attempt.place = place ?? attempt.place;
  bench.collector.changeAttempt(attempt.run, {
    id: attempt.id,
    run_key: attempt.run.runKey,
    waiting: sentence,
    ...(place === null ? {} : { place }),
  });
}

function started(attempt: LiveAttempt, bench: Bench, change: Partial<AttemptChange>): void {
  if (attempt.started && change.place === undefined) return;
  attempt.started = true;
  bench.collector.changeAttempt(attempt.run, {
    id: attempt.id,
    run_key: attempt.run.runKey,
    state: 'running',
    waiting: '',
    ...change,
  });
  if (attempt.run.snapshot.instances[attempt.index]!.state === 'queued') move(attempt.run, attempt.index, 'running');
}

function reported(attempt: LiveAttempt, outcome: Outcome, bench: Bench): void {
  const { run, index } = attempt;
  const instance = run.snapshot.instances[index]!;
  if (outcome.kind === 'failed') {
    reportedFailure(attempt, outcome.failure, bench);
    return;
  }
  if (outcome.kind === 'success' && outcome.skip !== null) {
    const decision = skipsOfDecision(run.snapshot.graph, index, outcome.skip);
    if ('invalid' in decision) {
      closeFailed(attempt, userError(decision.invalid), {}, bench);
      return;
    }
    instance.skips = decision.skips;
  }
  instance.reason = outcome.kind === 'skipped' ? outcome.sentence : null;
  close(attempt, outcome.kind, {}, bench);
  move(run, index, outcome.kind);
}

function reportedFailure(attempt: LiveAttempt, failure: Failure, bench: Bench): void {
  const { pending } = attempt;
  if (!isToldToEnd(failure)) closeFailed(attempt, failure, {}, bench);
  else if (pending === null) awaitEvidence(attempt, failure, bench);
  else closeFailed(attempt, withEvidence(failure, pending.failure), {}, bench);
}

function ended(attempt: LiveAttempt, fact: EndedFact, bench: Bench): void {
  const { ending } = fact;
  const change: Partial<AttemptChange> = attempt.place === null ? {} : { place: attempt.place };
  if (attempt.workload === 'image') {
    if (ending.failure === null) succeed(attempt, change, bench);
    else if (fact.holdSeconds !== undefined) holdEnd(attempt, fact.holdSeconds, ending.failure, bench);
    else closeFailed(attempt, ending.failure, change, bench);
    return;
  }
  const { pending } = attempt;
  if (pending !== null && pending.until !== null) {
    closeFailed(attempt, withEvidence(pending.failure, ending.failure), change, bench);
    return;
  }
  const failure = ending.failure ?? noReport(attempt);
  if (attempt.started && !ending.provenDead) awaitLease(attempt, failure, change, bench);
  else closeFailed(attempt, failure, { ...change, expect: attempt.started ? 'no_report' : 'no_claim' }, bench);
}

function succeed(attempt: LiveAttempt, change: Partial<AttemptChange>, bench: Bench): void {
  close(attempt, 'success', change, bench);
  attempt.run.snapshot.instances[attempt.index]!.reason = null;
  move(attempt.run, attempt.index, 'success');
}

/** Without proof of death the next attempt waits until the lease has ended (I03). */
function awaitLease(attempt: LiveAttempt, failure: Failure, change: Partial<AttemptChange>, bench: Bench): void {
  const why = 'Waiting until its lease has ended, since nothing proves that it is dead.';
  awaitEnd(attempt, { failure, until: null }, why, change, bench);
}

/** The worker is dead by its own word; why it was told to end is for its pod to say. */
function awaitEvidence(attempt: LiveAttempt, failure: Failure, bench: Bench): void {
  const seconds = bench.evidenceSeconds(attempt);
  if (seconds === 0) {
    closeFailed(attempt, failure, {}, bench);
    return;
  }
  const until = bench.now + seconds * 1000;
  const why = `Waiting until ${new Date(until).toISOString()} for its pod to say why.`;
  awaitEnd(attempt, { failure, until }, why, {}, bench);
}

function close(
  attempt: LiveAttempt,
  state: 'success' | 'skipped' | 'failed',
  change: Partial<AttemptChange>,
  bench: Bench,
): void {
  const { run } = attempt;
  bench.collector.changeAttempt(run, { id: attempt.id, run_key: run.runKey, state, waiting: '', ...change });
  run.live.delete(attempt.index);
  bench.closed(attempt, state === 'failed' ? 'failed' : 'succeeded');
}

function userError(sentence: string): Failure {
  return { class: 'user_error', sentence, retryable: true, detail: {} };
}

function noReport(attempt: LiveAttempt): Failure {
  return {
    class: 'no_report',
    sentence: `The ${attempt.place?.kind ?? 'worker'} of try ${attempt.tryNumber} ended with exit code 0 but its worker never reported a result.`,
    retryable: true,
    detail: {},
  };
}
