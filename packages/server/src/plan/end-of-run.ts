import { isFinished, type RunState } from '@gantry/sdk/model';
import { waitingForPast } from './past-dependency.ts';
import type { InstanceSnapshot, RunSnapshot } from './snapshot.ts';

/** How many tasks a sentence names. */
const LISTED_TASKS = 5;

export interface EndOfRun {
  readonly state: Extract<RunState, 'success' | 'failed'>;
  /** Null when the run succeeded. */
  readonly reason: string | null;
}

/**
 * How a run ends, or null while it goes on; ask when nothing is left to examine. The leaves decide: a failure in the
 * middle that every leaf got over does not fail the run. Instances that none can ever start are a deadlock and fail it.
 */
export function endOfRun(snapshot: RunSnapshot): EndOfRun | null {
  if (snapshot.unfinished > 0) return deadlock(snapshot);
  const bad = snapshot.graph.leaves
    .map((leaf) => snapshot.instances[leaf]!)
    .filter(({ state }) => state === 'failed' || state === 'upstream_failed');
  if (bad.length === 0) return { state: 'success', reason: null };
  const named = bad.map(({ index, state }) => `${snapshot.graph.tasks[index]!.taskId} (${state})`);
  return { state: 'failed', reason: `Tasks that decide the run did not end well: ${listed(named)}.` };
}

/**
 * Costs nothing while anything is under way. What only its past holds may be freed by another run; Airflow judges no run
 * that has a task with depends_on_past, which leaves a deadlocked one running for ever.
 */
function deadlock(snapshot: RunSnapshot): EndOfRun | null {
  if (snapshot.unfinished !== snapshot.unstarted) return null;
  if (waitingForPast(snapshot).length > 0) return null;
  const { tasks } = snapshot.graph;
  const stuck = snapshot.instances.filter(
    (instance) => !isFinished(instance.state) && upstreamsAreOver(snapshot, instance),
  );
  const named = stuck.map(({ index }) => `${tasks[index]!.taskId} (${tasks[index]!.triggerRule})`);
  return {
    state: 'failed',
    reason: `Deadlock: all upstreams are over, and the trigger rule of these tasks can never be met: ${listed(named)}.`,
  };
}

function upstreamsAreOver(snapshot: RunSnapshot, { index }: InstanceSnapshot): boolean {
  return snapshot.graph.upstream[index]!.every((up) => isFinished(snapshot.instances[up]!.state));
}

function listed(names: readonly string[]): string {
  const more = names.length - LISTED_TASKS;
  return more > 0 ? `${names.slice(0, LISTED_TASKS).join(', ')} and ${more} more` : names.join(', ');
}
