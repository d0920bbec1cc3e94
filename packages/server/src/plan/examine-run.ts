import type { FinishedTaskState } from '@gantry/sdk/model';
import { endOfRun } from './end-of-run.ts';
import { countsOfNewTry } from './failure-counts.ts';
import { judgePast } from './past-dependency.ts';
import { RankQueue } from './rank-queue.ts';
import { setInstanceState } from './run-snapshot.ts';
import { reasonOfDecision, reasonOfRule } from './settle-reason.ts';
import { type NamedByDecider, skippedBy } from './skipped-by.ts';
import type { InstanceSnapshot, RunSnapshot } from './snapshot.ts';
import type { Step } from './step.ts';
import { evaluateTriggerRule } from './trigger-rule.ts';

/** One call of `examineRun`. */
interface Examination {
  readonly snapshot: RunSnapshot;
  readonly now: number;
  readonly steps: Step[];
  /** Upstreams before downstreams, so that what one call says depends on the states alone, not on who was touched first. */
  readonly queue: RankQueue;
  readonly named: NamedByDecider;
}

/**
 * Says what is to be done in a run, looking only at what was touched since the last call and at delays that have
 * passed. Steps are applied to the snapshot already, cascades are complete, and a second call says nothing new.
 * `now` is in milliseconds since 1970. A run that is not running is left alone.
 */
export function examineRun(snapshot: RunSnapshot, now: number): Step[] {
  if (snapshot.state !== 'running') return [];
  const examination: Examination = {
    snapshot,
    now,
    steps: [],
    queue: new RankQueue(snapshot.graph.rank),
    named: new Map(),
  };
  queueDueTimers(examination);
  queueTouched(examination);
  for (let index = examination.queue.pop(); index !== undefined; index = examination.queue.pop()) {
    examineInstance(examination, snapshot.instances[index]!);
    queueTouched(examination);
  }
  const end = endOfRun(snapshot);
  if (end !== null) {
    snapshot.state = end.state;
    examination.steps.push({ kind: 'finish_run', ...end });
  }
  return examination.steps;
}

function queueTouched({ snapshot, queue }: Examination): void {
  for (const index of snapshot.touched) queue.push(index);
  snapshot.touched.clear();
}

function queueDueTimers({ snapshot, queue, now }: Examination): void {
  for (const index of snapshot.timers) {
    const { notBefore } = snapshot.instances[index]!;
    if (notBefore !== null && notBefore > now) continue;
    snapshot.timers.delete(index);
    queue.push(index);
  }
}

function examineInstance(examination: Examination, instance: InstanceSnapshot): void {
  switch (instance.state) {
    case 'none':
    case 'scheduled':
    case 'up_for_retry':
      examineWaiting(examination, instance);
      break;
    case 'success':
      queueSkipped(examination, instance);
      break;
    // What has an open attempt or another final state is not overwritten by a rule or a decision.
  }
}

function examineWaiting(examination: Examination, instance: InstanceSnapshot): void {
  const { snapshot, named, now } = examination;
  const { index, state, notBefore } = instance;
  const decider = skippedBy(snapshot, index, named);
  if (decider !== null) settle(examination, instance, 'skipped', reasonOfDecision(snapshot, decider));
  else if (state !== 'none' && notBefore !== null && notBefore > now) snapshot.timers.add(index);
  else if (state !== 'scheduled') applyTriggerRule(examination, instance);
}

function queueSkipped({ snapshot, queue }: Examination, decider: InstanceSnapshot): void {
  for (const taskId of decider.skips ?? []) {
    const index = snapshot.graph.indexOf.get(taskId);
    if (index !== undefined) queue.push(index);
  }
}

function applyTriggerRule(examination: Examination, instance: InstanceSnapshot): void {
  const { snapshot } = examination;
  const { index } = instance;
  const { triggerRule } = snapshot.graph.tasks[index]!;
  const rule = evaluateTriggerRule(triggerRule, snapshot.counters[index]!, snapshot.graph.upstream[index]!.length);
  if (rule.kind === 'settle') settle(examination, instance, rule.state, reasonOfRule(snapshot, index, rule.state));
  else if (rule.kind === 'run') applyPast(examination, instance);
}

function applyPast(examination: Examination, instance: InstanceSnapshot): void {
  const { snapshot, steps } = examination;
  const { index } = instance;
  const past = judgePast(snapshot, index);
  if (past.kind === 'look_up') steps.push({ kind: 'look_up_past', index });
  else if (past.kind === 'wait') explain(examination, instance, past.reason);
  else if (snapshot.graph.tasks[index]!.kind === 'empty') settle(examination, instance, 'success', null);
  else schedule(examination, instance);
}

/** From none and up_for_retry a new try begins; a free retry is back in scheduled already and keeps its number. */
function schedule({ snapshot, steps }: Examination, instance: InstanceSnapshot): void {
  instance.tryNumber += 1;
  instance.failures = countsOfNewTry(instance.failures);
  instance.notBefore = null;
  instance.reason = null;
  setInstanceState(snapshot, instance.index, 'scheduled');
  steps.push({ kind: 'schedule', index: instance.index });
}

function settle(
  { snapshot, steps }: Examination,
  instance: InstanceSnapshot,
  state: FinishedTaskState,
  reason: string | null,
): void {
  instance.notBefore = null;
  instance.reason = reason;
  snapshot.timers.delete(instance.index);
  setInstanceState(snapshot, instance.index, state);
  steps.push({ kind: 'settle', index: instance.index, state, reason });
}

function explain({ steps }: Examination, instance: InstanceSnapshot, reason: string): void {
  if (instance.reason === reason) return;
  instance.reason = reason;
  steps.push({ kind: 'explain', index: instance.index, reason });
}
