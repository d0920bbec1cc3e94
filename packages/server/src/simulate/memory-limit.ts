import type { DagSpec, JsonObject, TaskSpec } from '@gantry/sdk/model';
import { growMemory } from '../kube/pod/grow-memory.ts';
import { isJsonList, isJsonObject } from '../kube/pod/json-shape.ts';
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
  const podSpec = pod.spec;
  const containers = isJsonObject(podSpec) && isJsonList(podSpec.containers) ? podSpec.containers : [];
  const base = containers.filter(isJsonObject).find(({ name }) => name === 'base');
  const resources = isJsonObject(base?.resources) ? base.resources : {};
  const limits = isJsonObject(resources.limits) ? resources.limits : {};
  return limits.memory === undefined || limits.memory === null ? null : String(limits.memory);
}
