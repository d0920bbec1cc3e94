import type { DagSpec, JsonObject, TaskSpec } from '@gantry/sdk/model';
import { growMemory, memoryOf } from '../kube/pod/grow-memory.ts';
import { strategicMerge } from '../kube/pod/strategic-merge.ts';
import { retryRule } from '../plan/retry-rule.ts';

/** The memory limit of `base` in an attempt's pod, as the overrides and the rule for retries make it; templates are not read. */
export function memoryLimitOf(spec: DagSpec, task: TaskSpec, outOfMemory: number): string | null {
  const start: JsonObject = { spec: { containers: [{ name: 'base' }] } };
  const overrides = [spec.podOverride, task.podOverride].filter((one) => one !== null);
  let pod = overrides.reduce<JsonObject>((merged, patch) => strategicMerge(merged, patch, task.taskId), start);
  const rule = retryRule(task, outOfMemory);
  const grown = rule === null ? null : growMemory(pod, rule, task.taskId);
  if (grown?.kind === 'layer') pod = strategicMerge(pod, grown.layer.patch, task.taskId);
  const { limit } = memoryOf(pod);
  return limit === undefined || limit === null ? null : String(limit);
}
