import { parseQuantity } from '../api/quantity.ts';
import type { Container, Pod } from '../pod.ts';

/** What pods ask for and a node has. */
export interface Room {
  readonly cpu: number;
  readonly memoryBytes: number;
  readonly pods: number;
}

/** What a pod asks for: its containers together, or its largest init container beside the sidecars before it. */
export function requestsOf(pod: Pod): Room {
  let sidecars = { cpu: 0, memoryBytes: 0 };
  let peak = { cpu: 0, memoryBytes: 0 };
  for (const container of pod.spec.initContainers ?? []) {
    const own = requested(container);
    if (container.restartPolicy === 'Always') sidecars = plus(sidecars, own);
    peak = larger(peak, container.restartPolicy === 'Always' ? sidecars : plus(sidecars, own));
  }
  const together = pod.spec.containers.map(requested).reduce(plus, sidecars);
  return { ...larger(together, peak), pods: 1 };
}

/** Why a pod does not fit, in the words of the real scheduler's plugins; empty when it fits. */
export function misfits(asked: Room, used: Room, all: Room): readonly string[] {
  return [
    ...(used.pods + asked.pods > all.pods ? ['Too many pods'] : []),
    ...(asked.cpu > 0 && used.cpu + asked.cpu > all.cpu + 1e-9 ? ['Insufficient cpu'] : []),
    ...(asked.memoryBytes > 0 && used.memoryBytes + asked.memoryBytes > all.memoryBytes ? ['Insufficient memory'] : []),
  ];
}

/** The scheduler's sentence for a pod that one node cannot take. */
export function unschedulableMessage(reasons: readonly string[], everFits: boolean): string {
  const counted = reasons.map((reason) => `1 ${reason}`).join(', ');
  const preemption = everFits
    ? 'No preemption victims found for incoming pod'
    : 'Preemption is not helpful for scheduling';
  return `0/1 nodes are available: ${counted}. no new claims to deallocate, preemption: 0/1 nodes are available: 1 ${preemption}.`;
}

function plus<T extends { readonly cpu: number; readonly memoryBytes: number }>(one: T, other: T): T {
  return { ...one, cpu: one.cpu + other.cpu, memoryBytes: one.memoryBytes + other.memoryBytes };
}

function larger(one: Omit<Room, 'pods'>, other: Omit<Room, 'pods'>): Omit<Room, 'pods'> {
  return { cpu: Math.max(one.cpu, other.cpu), memoryBytes: Math.max(one.memoryBytes, other.memoryBytes) };
}

function requested(container: Container): Omit<Room, 'pods'> {
  const { requests = {} } = container.resources ?? {};
  return { cpu: parseQuantity(requests.cpu) ?? 0, memoryBytes: parseQuantity(requests.memory) ?? 0 };
}
