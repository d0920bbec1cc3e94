import type { Failure } from './failure.ts';
import type { Outcome } from './outcome.ts';

/**
 * What the outside tells the engine. Facts are recorded and change no state by themselves; the engine reads them in
 * order and decides. A fact is idempotent: told twice, it changes nothing the second time.
 */
export type Fact = AttemptFact | RequestFact;

export type AttemptFact =
  /** The API granted the claim of a worker. */
  | { readonly kind: 'claimed'; readonly attemptId: string }
  /** The claimed worker reported its outcome; the outcome is durable in the attempt's row. */
  | { readonly kind: 'reported'; readonly attemptId: string; readonly outcome: Outcome }
  /** The executor could not launch and will not by itself; nothing was started. */
  | { readonly kind: 'launch_failed'; readonly attemptId: string; readonly failure: Failure }
  /** A container of an image workload runs (worker-run attempts say so by their claim). */
  | { readonly kind: 'started'; readonly attemptId: string; readonly place: Place }
  /** It has not started yet, and this is why. Replaces the sentence before. */
  | { readonly kind: 'waiting'; readonly attemptId: string; readonly sentence: string; readonly place: Place | null }
  /**
   * Pod or process is over, or gone. `holdSeconds`: nobody can prove that an image's process is dead, so the end counts
   * after that time, or when it is told again without it.
   */
  | {
      readonly kind: 'ended';
      readonly attemptId: string;
      readonly ending: Ending;
      readonly place: Place | null;
      readonly holdSeconds?: number;
    };

/** Where an attempt ran, for people and for logs. */
export interface Place {
  readonly kind: 'pod' | 'process';
  /** Pod name or process id. */
  readonly name: string;
  readonly namespace: string | null;
  readonly uid: string | null;
  readonly node: string | null;
  /** Digest of the shape that the pod was made of; absent for a process and for pods of older versions. */
  readonly podShape?: string;
}

/** How a pod or process ended, read by the table P1 to P24. */
export interface Ending {
  /** Null when the main container exited 0 with no sign of disruption. */
  readonly failure: Failure | null;
  /** True when it is certain that no user code runs any more; false means the lease must end first. */
  readonly provenDead: boolean;
}

/** States that a user may mark a task instance with. */
export const MARK_STATES = ['success', 'failed', 'skipped'] as const;
export type MarkState = (typeof MARK_STATES)[number];

/** A task instance that a request names; `mapIndex` null means every index of the task. */
export interface RequestedTask {
  readonly taskId: string;
  readonly mapIndex: number | null;
}

/** What a user asked of one run; written by the API, applied by the scheduler that leads the run. */
export type RequestFact =
  /** Run these again. `only`: those that are in such a state when it is applied. `reopen`: a finished run begins anew. */
  | {
      readonly kind: 'clear_tasks';
      readonly tasks: readonly RequestedTask[];
      readonly only: 'failed' | 'running' | null;
      readonly reopen: boolean;
      readonly requestedBy: string;
    }
  | {
      readonly kind: 'mark_tasks';
      readonly tasks: readonly RequestedTask[];
      readonly state: MarkState;
      readonly requestedBy: string;
    }
  | { readonly kind: 'mark_run'; readonly state: 'success' | 'failed' | 'queued'; readonly requestedBy: string };
