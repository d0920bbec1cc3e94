import type { Json, JsonObject, RetryRule } from '@gantry/sdk/model';
import { isJsonList, isJsonObject, ownField } from './json-shape.ts';
import { memoryBytes, memoryQuantity } from './memory-quantity.ts';
import { BASE_CONTAINER } from './merge-keys.ts';
import type { PodLayer } from './pod-layer.ts';

/** The layer that a retry rule asks for, or why the pod gives it nothing to grow. */
export type GrownMemory =
  | { readonly kind: 'layer'; readonly layer: PodLayer }
  | { readonly kind: 'nothing'; readonly warning: string };

/**
 * Multiplies the memory limit of `base`, as the weaker layers have it, by the rule's factor once for each time that the
 * task ran out of memory, up to the rule's `max`; a limit above `max` stays as it is. A request of memory grows by the
 * same measure and never above the limit; where none is set Kubernetes takes the limit for it.
 */
export function growMemory(pod: JsonObject, rule: RetryRule, taskId: string): GrownMemory {
  const { limit, request } = memoryOf(pod);
  const from = memoryBytes(limit);
  if (from === null) {
    const found = limit === undefined ? 'has no memory limit' : `has the memory limit ${JSON.stringify(limit)}`;
    return nothing(`onOom of task ${taskId}: the container base ${found}, so there is nothing to grow; set one.`);
  }
  const max = memoryBytes(rule.max);
  if (max === null || from >= max) {
    return nothing(`onOom of task ${taskId}: the memory limit ${limit} has reached the max of ${rule.max}; it stays.`);
  }
  const to = Math.min(max, from * rule.factor ** rule.times);
  const rounded = memoryQuantity(to);
  // Rounding up may pass the max, of which the author's own words are the shortest.
  const grown = (memoryBytes(rounded) ?? 0) >= max ? rule.max : rounded;
  const asked = memoryBytes(request);
  const requests = asked === null ? {} : { requests: { memory: grownRequest(asked, from, to, grown) } };
  const kills = rule.times === 1 ? '1 out-of-memory kill' : `${rule.times} out-of-memory kills`;
  const source = `onOom of task ${taskId}: ${limit} grown to ${grown} after ${kills}`;
  const resources = { ...requests, limits: { memory: grown } };
  const patch = { spec: { containers: [{ name: BASE_CONTAINER, resources }] } };
  return { kind: 'layer', layer: { layer: 'retry', source, patch } };
}

function nothing(warning: string): GrownMemory {
  return { kind: 'nothing', warning };
}

function grownRequest(asked: number, from: number, to: number, grownLimit: string): string {
  const quantity = memoryQuantity((asked * to) / from);
  return asked >= from || (memoryBytes(quantity) ?? 0) >= to ? grownLimit : quantity;
}

/** Limit and request of memory that the container `base` of a pod, or of a part of one, has. */
export function memoryOf(pod: JsonObject): { readonly limit: Json | undefined; readonly request: Json | undefined } {
  const spec = objectField(pod, 'spec');
  const containers = ownField(spec, 'containers');
  const base = isJsonList(containers)
    ? containers.filter(isJsonObject).find(({ name }) => name === BASE_CONTAINER)
    : undefined;
  const resources = objectField(base ?? {}, 'resources');
  return {
    limit: ownField(objectField(resources, 'limits'), 'memory'),
    request: ownField(objectField(resources, 'requests'), 'memory'),
  };
}

function objectField(object: JsonObject, name: string): JsonObject {
  const field = ownField(object, name);
  return isJsonObject(field) ? field : {};
}
