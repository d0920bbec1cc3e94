import type { RetryRule, TaskSpec } from '@gantry/sdk/model';

/** What the failures before an attempt ask of its pod; `outOfMemory`: how often the task ran out of memory in this run. */
export function retryRule(task: Pick<TaskSpec, 'onOom'>, outOfMemory: number): RetryRule | null {
  if (task.onOom === undefined || outOfMemory === 0) return null;
  return { kind: 'grow_memory', ...task.onOom, times: outOfMemory };
}
