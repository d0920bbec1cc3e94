import type { FinishedTaskState, TaskState, TriggerRule } from '@gantry/sdk/model';
import type { RunSnapshot } from './snapshot.ts';

/** How many upstreams a sentence names. */
const LISTED_UPSTREAMS = 3;

const SAID: Partial<Record<TaskState, string>> = {
  success: 'succeeded',
  failed: 'failed',
  skipped: 'was skipped',
  upstream_failed: 'did not run because of a failure above it',
  removed: 'was removed',
};

/** The upstream states that make a rule skip its task; a rule that is not named looks at all that are over. */
const SKIPPING_STATES: Partial<Record<TriggerRule, readonly TaskState[]>> = {
  all_success: ['skipped'],
  all_failed: ['success', 'skipped'],
  all_skipped: ['success', 'failed', 'upstream_failed'],
  none_skipped: ['skipped'],
  all_done_min_one_success: ['skipped'],
};

/** The sentence of a task that a branch or a short circuit skipped. */
export function reasonOfDecision(snapshot: RunSnapshot, decider: number): string {
  const { kind, taskId } = snapshot.graph.tasks[decider]!;
  return kind === 'branch'
    ? `Branch ${taskId} did not follow it.`
    : `Short circuit ${taskId} stopped what is below it.`;
}

/** The sentence of a task that its trigger rule settled: the rule, and the upstreams that decided. */
export function reasonOfRule(snapshot: RunSnapshot, index: number, state: FinishedTaskState): string {
  const { triggerRule } = snapshot.graph.tasks[index]!;
  const deciding = decidingUpstreams(snapshot, index, triggerRule, state);
  const listed = deciding.slice(0, LISTED_UPSTREAMS).map((up) => {
    return `${snapshot.graph.tasks[up]!.taskId} ${SAID[snapshot.instances[up]!.state]}`;
  });
  const more = deciding.length - listed.length;
  if (more > 0) listed.push(`and ${more} more`);
  return `Trigger rule ${triggerRule} cannot be met: ${listed.join(', ')}.`;
}

function decidingUpstreams(
  snapshot: RunSnapshot,
  index: number,
  rule: TriggerRule,
  state: FinishedTaskState,
): readonly number[] {
  const over = snapshot.graph.upstream[index]!.filter((up) => SAID[snapshot.instances[up]!.state] !== undefined);
  const states: readonly TaskState[] =
    state === 'upstream_failed' ? ['failed', 'upstream_failed'] : (SKIPPING_STATES[rule] ?? []);
  const deciding = over.filter((up) => states.includes(snapshot.instances[up]!.state));
  return deciding.length > 0 ? deciding : over;
}
