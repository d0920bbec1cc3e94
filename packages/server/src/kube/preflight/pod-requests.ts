import type { JsonObject } from '@gantry/sdk/model';
import { objectIn, objectsIn } from './json-fields.ts';
import { resourceAmount } from './resource-amount.ts';

/** Amounts by resource, e.g. `cpu`, `memory`, `nvidia.com/gpu`. */
export type Amounts = ReadonlyMap<string, number>;

/**
 * What the scheduler reserves for a pod: the sum of its containers and sidecars, or more where an init container, with
 * the sidecars before it, needs more; then the pod's own `resources` where it has some, and the overhead of its runtime
 * class. Kubernetes: "Resource Management for Pods and Containers", "Init Containers: resource sharing".
 */
export function podRequests(pod: JsonObject): Amounts {
  const spec = objectIn(pod, 'spec');
  let sidecars: Amounts = new Map();
  let peak: Amounts = new Map();
  for (const container of objectsIn(spec, 'initContainers')) {
    const needed = sum(sidecars, requestsOf(container));
    if (container.restartPolicy === 'Always') sidecars = needed;
    peak = combine(peak, needed, Math.max);
  }
  const running = objectsIn(spec, 'containers').map(requestsOf).reduce(sum, sidecars);
  const needed = new Map([...combine(peak, running, Math.max), ...requestsOf(spec)]);
  return sum(needed, amountsOf(objectIn(spec, 'overhead')));
}

/** A limit without a request is the request too. */
function requestsOf(owner: JsonObject): Amounts {
  const resources = objectIn(owner, 'resources');
  return new Map([...amountsOf(objectIn(resources, 'limits')), ...amountsOf(objectIn(resources, 'requests'))]);
}

export function amountsOf(quantities: JsonObject): Amounts {
  return new Map(
    Object.entries(quantities).flatMap(([resource, quantity]) => {
      const amount = resourceAmount(quantity);
      return amount === null ? [] : [[resource, amount] as const];
    }),
  );
}

function sum(left: Amounts, right: Amounts): Amounts {
  return combine(left, right, (one, other) => one + other);
}

function combine(left: Amounts, right: Amounts, by: (one: number, other: number) => number): Amounts {
  const names = new Set([...left.keys(), ...right.keys()]);
  return new Map([...names].map((name) => [name, by(left.get(name) ?? 0, right.get(name) ?? 0)]));
}
