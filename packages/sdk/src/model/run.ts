import type { JsonObject } from './json.ts';
import type { RunState, TaskState } from './states.ts';

export const RUN_TYPES = ['manual', 'scheduled', 'backfill'] as const;
export type RunType = (typeof RUN_TYPES)[number];

/** One run of a DAG version. Times are ISO 8601 in UTC. */
export interface DagRun {
  /** Surrogate key of the row; never shown to users. */
  readonly runKey: number;
  readonly dagId: string;
  readonly runId: string;
  readonly runType: RunType;
  readonly state: RunState;
  readonly version: number;
  readonly logicalDate: string | null;
  readonly dataIntervalStart: string | null;
  readonly dataIntervalEnd: string | null;
  readonly runAfter: string;
  readonly queuedAt: string;
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly conf: JsonObject;
  readonly triggeredBy: string;
  readonly note: string | null;
}

/** One task of one run. `mapIndex` is -1 while the task is not mapped. */
export interface TaskInstance {
  readonly id: string;
  readonly runKey: number;
  readonly dagId: string;
  readonly runId: string;
  readonly taskId: string;
  readonly mapIndex: number;
  readonly state: TaskState;
  readonly tryNumber: number;
  readonly maxTries: number;
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly attemptId: string | null;
  /** A sentence on why it is where it is; null when the state says it all. */
  readonly reason: string | null;
}
