import type { Order } from '@gantry/sdk/model';
import { buildCommon, buildPod } from './build-pod.ts';
import type { PodBuildLayers } from './pod-layer.ts';
import { podName } from './pod-name.ts';
import { fillHoles, type PodShape } from './pod-shape.ts';

/** A pod as text with holes for what differs between attempts of one task. */
export interface CompiledPod {
  /** The pod of an order of the same DAG version and task, as JSON text. */
  render(order: Order): { readonly name: string; readonly body: string };
  /** What is stored of it; null for a pod that cannot be told by a shape. */
  readonly shape: PodShape | null;
  readonly warnings: readonly string[];
}

/**
 * Merges and serialises the order's pod once, so that each further pod of the same task and DAG version costs
 * microseconds: only names, labels and variables are spliced in. Equal, byte for byte, to `JSON.stringify` of what
 * `buildPod` returns. Throws as `buildPod` does.
 */
export function compilePod(order: Order, layers: PodBuildLayers): CompiledPod {
  const nameOf = (one: Order) => podName(one.dagId, one.taskId, one.attemptId);
  const common = buildCommon(order, layers);
  if (common === null) {
    const render = (one: Order) => ({ name: nameOf(one), body: JSON.stringify(buildPod(one, layers).pod) });
    return { render, shape: null, warnings: buildPod(order, layers).warnings };
  }
  const { pieces, shape, warnings } = common;
  const render = (one: Order) => ({ name: nameOf(one), body: fillHoles(pieces, one, shape.digest) });
  return { render, shape, warnings };
}

/** Remembers compiled pods by template version, DAG version and task; the least recently used one goes first. */
export class CompiledPods {
  readonly #compiled = new Map<string, CompiledPod>();
  readonly #limit: number;

  /** `limit`: most pods remembered; a few kB each. */
  constructor(limit = 2000) {
    this.#limit = limit;
  }

  /** The compiled pod of the order, compiled now when it is new. The layers but for the template must be constant. */
  for(order: Order, layers: PodBuildLayers): CompiledPod {
    const mapped = order.mapIndex >= 0;
    const { retry } = order.layers;
    const key = JSON.stringify([layers.template.version, order.dagId, order.version, order.taskId, mapped, retry]);
    const compiled = this.#compiled.get(key) ?? compilePod(order, layers);
    this.#compiled.delete(key);
    this.#compiled.set(key, compiled);
    const [oldest] = this.#compiled.keys();
    if (this.#compiled.size > this.#limit && oldest !== undefined) this.#compiled.delete(oldest);
    return compiled;
  }
}
