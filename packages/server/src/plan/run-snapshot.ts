import { GantryError, isFinished, type RunState, type TaskState } from '@gantry/sdk/model';
import type { Graph, InstanceSnapshot, RunSnapshot, UpstreamCounters } from './snapshot.ts';

/** What is read from rows at takeover; the rest of a snapshot is computed. Times are milliseconds since 1970. */
export interface SnapshotRows {
  readonly runKey: number;
  readonly dagId: string;
  readonly runId: string;
  readonly graph: Graph;
  readonly logicalDate: number | null;
  readonly state: RunState;
  readonly startedAt: number | null;
  /** One per task, in the order of the graph's tasks. */
  readonly instances: InstanceSnapshot[];
}

const COUNTED = {
  success: 'success',
  skipped: 'skipped',
  failed: 'failed',
  upstream_failed: 'upstreamFailed',
  removed: 'removed',
} as const satisfies Partial<Record<TaskState, keyof UpstreamCounters>>;

/** Builds the planner's picture of a run: counters, what is unfinished, and everything touched. Throws `internal` on rows that do not fit the graph. */
export function createSnapshot(rows: SnapshotRows): RunSnapshot {
  const { graph, instances } = rows;
  if (instances.length !== graph.tasks.length || instances.some((instance, place) => instance.index !== place)) {
    throw new GantryError(
      'internal',
      `Run ${rows.runId} of DAG ${rows.dagId} has ${instances.length} task instances that do not match the ${graph.tasks.length} tasks of its version.`,
    );
  }
  return {
    ...rows,
    counters: graph.upstream.map((above) => countStates(above.map((up) => instances[up]!.state))),
    touched: new Set(instances.keys()),
    timers: new Set(),
    unfinished: instances.filter((instance) => !isFinished(instance.state)).length,
    unstarted: instances.filter((instance) => instance.state === 'none').length,
  };
}

/**
 * The only writer of an instance's state. Keeps what is derived from it, at the cost of the direct downstreams when a
 * final state comes or goes, and at a constant cost otherwise.
 */
export function setInstanceState(snapshot: RunSnapshot, index: number, state: TaskState): void {
  const instance = snapshot.instances[index]!;
  const previous = instance.state;
  snapshot.touched.add(index);
  if (previous === state) return;
  instance.state = state;
  snapshot.unfinished += Number(isFinished(previous)) - Number(isFinished(state));
  snapshot.unstarted += Number(state === 'none') - Number(previous === 'none');
  const left = counterOf(previous);
  const entered = counterOf(state);
  if (left === undefined && entered === undefined) return;
  for (const below of snapshot.graph.downstream[index]!) {
    const counters = snapshot.counters[below]!;
    if (left !== undefined) counters[left] -= 1;
    if (entered !== undefined) counters[entered] += 1;
    snapshot.touched.add(below);
  }
}

/** Hands over what was looked up for a `look_up_past` step; undefined asks for a new look at the next examination. */
export function setPast(snapshot: RunSnapshot, index: number, past: TaskState | null | undefined): void {
  snapshot.instances[index]!.past = past;
  snapshot.touched.add(index);
}

/** The counters of an instance whose direct upstreams are in these states. */
export function countStates(states: readonly TaskState[]): UpstreamCounters {
  const counters: UpstreamCounters = { success: 0, skipped: 0, failed: 0, upstreamFailed: 0, removed: 0 };
  for (const state of states) {
    const name = counterOf(state);
    if (name !== undefined) counters[name] += 1;
  }
  return counters;
}

function counterOf(state: TaskState): keyof UpstreamCounters | undefined {
  return (COUNTED as Partial<Record<TaskState, keyof UpstreamCounters>>)[state];
}
