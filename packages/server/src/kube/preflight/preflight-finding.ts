import type { PodOrigin } from '../pod/pod-layer.ts';
import type { DistinctPod } from './distinct-pods.ts';
import type { Remark } from './remark.ts';

/** A remark about the pods of some tasks of a DAG. */
export interface PreflightFinding extends Remark {
  readonly tasks: readonly string[];
  readonly namespace: string;
  /** Who set what is at the path: file, DAG and task, or option; null for what no layer of the site or the DAG said. */
  readonly source: string | null;
}

/** The remarks with tasks and sources; what is said of several pods alike is said once. */
export function preflightFindings(
  pods: readonly (readonly [DistinctPod, readonly Remark[]])[],
): readonly PreflightFinding[] {
  const found = new Map<string, PreflightFinding>();
  for (const [{ tasks, namespace, origins }, remarks] of pods) {
    for (const remark of remarks) {
      const source = sourceOf(origins, remark.path);
      const key = JSON.stringify([namespace, remark, source]);
      const known = found.get(key)?.tasks ?? [];
      const all = [...known, ...tasks.filter((task) => !known.includes(task))];
      const { level, path, sentence } = remark;
      found.set(key, { level, tasks: all, namespace, path, sentence, source });
    }
  }
  return [...found.values()];
}

/** Of the field itself, or of the one around it; of what stands inside only when one source has set it all. */
function sourceOf(origins: readonly PodOrigin[], path: string): string | null {
  const exact = origins.find((origin) => isWithin(path, origin.path));
  const inside = exact === undefined ? origins.filter((origin) => isWithin(origin.path, path)) : [exact];
  const sources = new Set(inside.map(({ layer, source }) => (layer === 'identity' ? null : source)));
  const [only = null] = sources;
  return sources.size === 1 && only !== 'Gantry' ? only : null;
}

function isWithin(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}
