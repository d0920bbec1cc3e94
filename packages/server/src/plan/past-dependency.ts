import type { RunSnapshot } from './snapshot.ts';
import { evaluateTriggerRule } from './trigger-rule.ts';

/** What `dependsOnPast` says: go on, look the past up first, or wait and why. Airflow: depends_on_past. */
export type PastVerdict =
  | { readonly kind: 'go' }
  | { readonly kind: 'look_up' }
  | { readonly kind: 'wait'; readonly reason: string };

/** The same task must have succeeded or been skipped in the previous run; a first run has no past and goes on. */
export function judgePast(snapshot: RunSnapshot, index: number): PastVerdict {
  const task = snapshot.graph.tasks[index]!;
  if (!task.dependsOnPast) return { kind: 'go' };
  const { past } = snapshot.instances[index]!;
  if (past === undefined) return { kind: 'look_up' };
  if (past === null || past === 'success' || past === 'skipped') return { kind: 'go' };
  const found = past === 'none' ? 'has not started' : `is ${past}`;
  return {
    kind: 'wait',
    reason: `Depends on its past: ${task.taskId} of the previous run ${found} and must succeed first.`,
  };
}

/** Instances that nothing but the past holds; the engine looks their past up again when it may have changed. */
export function waitingForPast(snapshot: RunSnapshot): number[] {
  const { graph } = snapshot;
  return snapshot.instances.flatMap(({ index, state }) => {
    const task = graph.tasks[index]!;
    if (state !== 'none' || !task.dependsOnPast) return [];
    const rule = evaluateTriggerRule(task.triggerRule, snapshot.counters[index]!, graph.upstream[index]!.length);
    return rule.kind === 'run' && judgePast(snapshot, index).kind !== 'go' ? [index] : [];
  });
}
