import type { DagSpec, Failure, Place, TaskSpec } from '@gantry/sdk/model';
import type { RunSnapshot } from '../plan/snapshot.ts';

/** A run that this scheduler leads: the planner's snapshot and what the engine must know besides. */
export interface LedRun {
  readonly runKey: number;
  readonly fence: number;
  readonly dagId: string;
  readonly runId: string;
  readonly version: number;
  readonly bundleDigest: string;
  readonly spec: DagSpec;
  readonly snapshot: RunSnapshot;
  /** Open attempts by task number. */
  readonly live: Map<number, LiveAttempt>;
  /** Instances in state `scheduled`: they wait for a slot, or for a moment first. */
  readonly ready: Set<number>;
  /** Instances that differ from their rows; the next commit writes them. */
  readonly dirty: Set<number>;
}

/** An open attempt of a led run. */
export interface LiveAttempt {
  readonly id: string;
  readonly run: LedRun;
  readonly index: number;
  readonly task: TaskSpec;
  readonly tryNumber: number;
  /** How often the task ran out of memory before this attempt. */
  readonly outOfMemory: number;
  readonly executor: string;
  readonly workload: 'worker' | 'image';
  readonly queuedAt: number;
  /** Its claim was granted, or its container was seen running. */
  started: boolean;
  place: Place | null;
  /** A user or a time-out took it from its task instance: nothing it says counts any more, it only has to end. */
  stopping: boolean;
  /** It is over, but a better word may come. */
  pending: PendingEnd | null;
}

/** What an attempt fails with unless something better is told before. */
export interface PendingEnd {
  readonly failure: Failure;
  /** Milliseconds by the database's clock; null: when its lease has ended, since nothing proves that it is dead. */
  readonly until: number | null;
}
