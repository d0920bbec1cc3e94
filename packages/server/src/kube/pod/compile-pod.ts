import type { Order } from '@gantry/sdk/model';
import { assemblePod } from './build-pod.ts';
import { identifyPod, type PodIdentity } from './pod-labels.ts';
import type { PodBuildLayers } from './pod-layer.ts';

/** A pod as text with holes for what differs between attempts of one task. */
export interface CompiledPod {
  /** The pod of an order of the same DAG version and task, as JSON text. */
  render(order: Order): { readonly name: string; readonly body: string };
}

/** The parts of an identity that differ between attempts, in the order of their numbers in a marker. */
const PARTS: readonly ((identity: PodIdentity) => string)[] = [
  (identity) => identity.attemptId,
  (identity) => identity.name,
  (identity) => identity.labels.run_id ?? '',
  (identity) => identity.labels.try_number ?? '',
  (identity) => identity.labels.map_index ?? '',
  (identity) => identity.annotations.run_id ?? '',
];

/** Private-use characters around a number: a marker is recognised as such, and an order that holds one is not compiled. */
const MARKER = /\uE0A0(\d)\uE0A1/;

function marker(part: number): string {
  return `\uE0A0${part}\uE0A1`;
}

/**
 * Merges and serialises the order's pod once, so that each further pod of the same task and DAG version costs
 * microseconds: only names, labels and variables are spliced in. Equal, byte for byte, to `JSON.stringify` of what
 * `buildPod` returns. Throws as `buildPod` does.
 */
export function compilePod(order: Order, layers: PodBuildLayers): CompiledPod {
  const plain = (one: Order) => {
    const identity = identifyPod(one, layers.deploymentId);
    return { name: identity.name, body: JSON.stringify(assemblePod(one, layers, identity)) };
  };
  const expected = plain(order).body;
  if (MARKER.test(expected)) return { render: plain };
  const marked = JSON.stringify(assemblePod(order, layers, markedIdentity(order, layers)));
  const pieces = marked.split(MARKER);
  const render = (one: Order) => {
    const identity = identifyPod(one, layers.deploymentId);
    return { name: identity.name, body: splice(pieces, identity) };
  };
  return render(order).body === expected ? { render } : { render: plain };
}

/** Text and part numbers by turns, joined with the identity's parts as JSON. */
function splice(pieces: readonly string[], identity: PodIdentity): string {
  let body = pieces[0] ?? '';
  for (let index = 1; index < pieces.length; index += 2) {
    const part = PARTS[Number(pieces[index])]?.(identity) ?? '';
    body += JSON.stringify(part).slice(1, -1) + pieces[index + 1];
  }
  return body;
}

function markedIdentity(order: Order, layers: PodBuildLayers): PodIdentity {
  const identity = identifyPod(order, layers.deploymentId);
  const mapIndex: { readonly [name: string]: string } = order.mapIndex >= 0 ? { map_index: marker(4) } : {};
  const varying = { try_number: marker(3), ...mapIndex, attempt_id: marker(0) };
  return {
    attemptId: marker(0),
    name: marker(1),
    labels: { ...identity.labels, ...varying, run_id: marker(2) },
    annotations: { ...identity.annotations, ...varying, run_id: marker(5) },
  };
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
