import { type AttemptPod, type Origin, originFinder } from './pod-origins.ts';

/** A field that two pods do not have in common. */
export interface PodChange {
  /** Items of lists that have names are told by them: `spec.containers[base].image`. */
  readonly field: string;
  /** Undefined where the pod has no such field. */
  readonly before: unknown;
  readonly after: unknown;
  readonly origin: Origin | undefined;
  /** True for what differs in every attempt, such as its id. */
  readonly isIdentity: boolean;
}

interface Leaf {
  readonly value: unknown;
  readonly origin: Origin | undefined;
}

/** Every field in which two pods differ, in the order of the later one; what only the earlier has comes last. */
export function podDifference(before: AttemptPod, after: AttemptPod): readonly PodChange[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  const fields = new Set([...now.keys(), ...old.keys()]);
  return [...fields].flatMap((field) => {
    const [one, other] = [old.get(field), now.get(field)];
    if (JSON.stringify(one?.value) === JSON.stringify(other?.value)) return [];
    const origin = other?.origin ?? one?.origin;
    return [{ field, before: one?.value, after: other?.value, origin, isIdentity: origin?.layer === 'identity' }];
  });
}

function leavesOf({ pod, origins }: AttemptPod): ReadonlyMap<string, Leaf> {
  const originAt = originFinder(origins);
  const leaves = new Map<string, Leaf>();
  const walk = (value: unknown, field: string, path: string): void => {
    if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
      leaves.set(field, { value, origin: originAt(path) });
    } else if (Array.isArray(value)) {
      for (const [place, item] of value.entries())
        walk(item, `${field}[${nameOf(item) ?? place}]`, `${path}[${place}]`);
    } else {
      for (const [name, inner] of Object.entries(value)) {
        const dot = field === '' ? '' : '.';
        walk(inner, `${field}${dot}${name}`, `${path}${dot}${name}`);
      }
    }
  };
  walk(pod, '', '');
  return leaves;
}

function nameOf(item: unknown): string | undefined {
  const name = typeof item === 'object' && item !== null && 'name' in item ? item.name : undefined;
  return typeof name === 'string' ? name : undefined;
}
