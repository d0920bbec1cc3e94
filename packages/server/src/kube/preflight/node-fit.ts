import type { JsonObject } from '@gantry/sdk/model';
import type { KubeClient } from '../kube-client.ts';
import { KubeError } from '../kube-error.ts';
import { objectIn, objectsIn } from './json-fields.ts';
import { type Amounts, amountsOf, podRequests } from './pod-requests.ts';
import type { Remark } from './remark.ts';
import { amountText } from './resource-amount.ts';

/** A node as far as a pod's size is held against it. */
export interface NodeSize {
  readonly name: string;
  readonly labels: JsonObject;
  readonly allocatable: Amounts;
}

const PAGE_NODES = 200;
/** In a larger cluster than this the first nodes are looked at. */
const MOST_PAGES = 25;

/** The nodes of the cluster; null when the account may not list them. */
export async function listNodeSizes(
  client: Pick<KubeClient, 'getObject'>,
  signal: AbortSignal,
): Promise<readonly NodeSize[] | null> {
  const nodes: NodeSize[] = [];
  let token = '';
  try {
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const path = `/api/v1/nodes?limit=${PAGE_NODES}${token === '' ? '' : `&continue=${encodeURIComponent(token)}`}`;
      const list = (await client.getObject('list nodes', path, signal)) ?? {};
      nodes.push(...readNodes(list));
      const next = objectIn(list, 'metadata').continue;
      if (typeof next !== 'string' || next === '') break;
      token = next;
    }
    return nodes;
  } catch (error) {
    if (error instanceof KubeError && error.kind === 'forbidden') return null;
    throw error;
  }
}

/**
 * Whether any node is large enough for the pod and has the labels it selects. A node may still come (an autoscaler), so
 * this is a warning; what runs on the nodes now, taints and affinity are the scheduler's.
 */
export function fitRemarks(pod: JsonObject, nodes: readonly NodeSize[] | null): readonly Remark[] {
  const path = 'spec.containers';
  if (nodes === null)
    return [{ level: 'unchecked', path, sentence: 'Its size is not checked: the account may not list nodes.' }];
  if (nodes.length === 0)
    return [{ level: 'unchecked', path, sentence: 'Its size is not checked: the cluster has no nodes now.' }];
  const selector = Object.entries(objectIn(objectIn(pod, 'spec'), 'nodeSelector'));
  const matching = nodes.filter(({ labels }) => selector.every(([name, value]) => labels[name] === value));
  if (matching.length === 0) {
    const words = selector.map(([name, value]) => `${name}=${value}`).join(', ');
    const sentence = `No node of the cluster has ${words}, so the pod waits until one comes.`;
    return [{ level: 'warning', path: 'spec.nodeSelector', sentence }];
  }
  return sizeRemarks(podRequests(pod), matching, path);
}

function sizeRemarks(requests: Amounts, nodes: readonly NodeSize[], path: string): readonly Remark[] {
  const remarks = [...requests].flatMap(([resource, amount]): Remark[] => {
    const offers = nodes.map(({ name, allocatable }) => ({ name, offer: allocatable.get(resource) ?? 0 }));
    const largest = offers.reduce((one, other) => (other.offer > one.offer ? other : one));
    if (amount <= largest.offer) return [];
    const offered =
      largest.offer === 0
        ? `no node that it may go to offers any`
        : `the largest node that it may go to, ${largest.name}, offers ${amountText(resource, largest.offer)}`;
    const sentence = `The pod asks for ${amountText(resource, amount)}, and ${offered}.`;
    return [{ level: 'warning', path, sentence }];
  });
  const fits = nodes.some(({ allocatable }) =>
    [...requests].every(([resource, amount]) => amount <= (allocatable.get(resource) ?? 0)),
  );
  if (fits || remarks.length > 0) return remarks;
  const wish = [...requests].map(([resource, amount]) => amountText(resource, amount)).join(', ');
  return [{ level: 'warning', path, sentence: `No single node that the pod may go to offers ${wish} together.` }];
}

function readNodes(list: JsonObject): readonly NodeSize[] {
  return objectsIn(list, 'items').map((node) => ({
    name: String(objectIn(node, 'metadata').name),
    labels: objectIn(objectIn(node, 'metadata'), 'labels'),
    allocatable: amountsOf(objectIn(objectIn(node, 'status'), 'allocatable')),
  }));
}
