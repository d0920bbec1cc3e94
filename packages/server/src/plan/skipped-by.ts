import type { RunSnapshot } from './snapshot.ts';

/** The task ids that a decider's `skips` name, as a set; filled as deciders are asked, for one examination. */
export type NamedByDecider = Map<number, ReadonlySet<string>>;

/**
 * The branch or short circuit that skips a task, or null. Kept as a lasting fact of the decider, so that a cleared task
 * is skipped again and a load after a crash sees what was decided. Airflow: NotPreviouslySkippedDep.
 */
export function skippedBy(snapshot: RunSnapshot, index: number, named: NamedByDecider): number | null {
  const { deciders, shortCircuits } = snapshot.graph;
  const names = (decider: number): boolean => skips(snapshot, decider, index, named);
  return deciders[index]!.find(names) ?? shortCircuits.find(names) ?? null;
}

function skips(snapshot: RunSnapshot, decider: number, index: number, named: NamedByDecider): boolean {
  const { state, skips: skipped } = snapshot.instances[decider]!;
  if (state !== 'success' || skipped === null || skipped.length === 0) return false;
  let ids = named.get(decider);
  if (ids === undefined) {
    ids = new Set(skipped);
    named.set(decider, ids);
  }
  return ids.has(snapshot.graph.tasks[index]!.taskId);
}
