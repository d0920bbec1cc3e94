import type { DagSpec, FailureCounts, RunState, TaskSpec, TaskState } from '@gantry/sdk/model';

/** A DAG version compiled for planning, once per version and process. Tasks are numbered by their place in the spec. */
export interface Graph {
  readonly spec: DagSpec;
  readonly tasks: readonly TaskSpec[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly upstream: readonly (readonly number[])[];
  readonly downstream: readonly (readonly number[])[];
  readonly leaves: readonly number[];
  /** Place of each task in a topological order: every upstream has a smaller rank. */
  readonly rank: readonly number[];
  /** Per task, the direct upstreams that are a branch or a short circuit. */
  readonly deciders: readonly (readonly number[])[];
  /** Short circuits that skip everything below them, direct or not. */
  readonly shortCircuits: readonly number[];
}

/** The planner's picture of a run: write-through memory of its leader, filled from rows at takeover. */
export interface RunSnapshot {
  readonly runKey: number;
  readonly dagId: string;
  readonly runId: string;
  readonly graph: Graph;
  /** Milliseconds since 1970, as every time in a snapshot; null for a run without one. */
  readonly logicalDate: number | null;
  state: RunState;
  startedAt: number | null;
  /** One per task, by the task's number (mapIndex -1). */
  readonly instances: InstanceSnapshot[];
  /** Counts per instance of its direct upstreams by state; kept by `setInstanceState` only. */
  readonly counters: UpstreamCounters[];
  /** Instances whose upstreams or own state changed since the last `examineRun`; all of them after a load. */
  readonly touched: Set<number>;
  /** Instances that `examineRun` saw waiting for a moment (`notBefore`). */
  readonly timers: Set<number>;
  /** Instances in no final state. */
  unfinished: number;
  /** Instances in state none. */
  unstarted: number;
}

export interface InstanceSnapshot {
  readonly index: number;
  readonly mapIndex: number;
  readonly id: string;
  state: TaskState;
  tryNumber: number;
  maxTries: number;
  /** Not before this moment (retry delay, back-off); null when at once. */
  notBefore: number | null;
  /** What the branch or short circuit decided, for tasks that are one and have succeeded. */
  skips: readonly string[] | null;
  /** For dependsOnPast: state of the same task in the previous run; undefined while not looked up, null: no previous run. */
  past: TaskState | null | undefined;
  /** What happened to it so far, by class of failure. */
  failures: FailureCounts;
  /** The open or latest attempt; the planner never reads it. */
  attemptId: string | null;
  reason: string | null;
}

export interface UpstreamCounters {
  success: number;
  skipped: number;
  failed: number;
  upstreamFailed: number;
  removed: number;
}
