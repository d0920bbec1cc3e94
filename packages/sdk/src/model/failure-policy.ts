import { FAILURE_CLASSES, type FailureClass } from './failure.ts';

/** The classes whose treatment may be chosen; what was stopped on request is never repeated by itself. */
export type PolicyClass = Exclude<FailureClass, 'killed'>;
export const POLICY_CLASSES: readonly PolicyClass[] = FAILURE_CLASSES.filter((name) => name !== 'killed');

/** Launches of one try that spend none of the user's retries: how many, and how long each waits. */
export interface FreeRetries {
  /** Free launches of one try after failures of this class. */
  readonly budget: number;
  /** Wait before the first; the next is `factor` times as long, and none longer than `maxSeconds`. */
  readonly firstSeconds: number;
  readonly factor: number;
  readonly maxSeconds: number;
}

/** What is done about one class of failure. What `retry_free` leaves out comes from the next weaker layer. */
export type FailureRule =
  /** Spends one of the task's `retries`, after its `retryDelay`. */
  | { readonly action: 'retry' }
  | ({ readonly action: 'retry_free' } & Partial<FreeRetries>)
  /** Fails at once, whatever is left. */
  | { readonly action: 'fail' };

/** One layer's rules; a class without one is left to the next weaker layer. */
export type FailurePolicy = { readonly [Name in PolicyClass]?: FailureRule };

/** How a task's memory grows with each time that it ran out of it. */
export interface MemoryGrowth {
  readonly factor: number;
  /** Never more than this; a Kubernetes quantity such as `8Gi`. */
  readonly max: string;
}

/** What happened to a task instance, by class; durable, so that a restart of the scheduler changes nothing. */
export type FailureCounts = { readonly [Name in FailureClass]?: FailureCount };

export interface FailureCount {
  /** Attempts of this task instance, all tries together, that failed so. */
  readonly total: number;
  /** Free retries of the present try that were spent on it. */
  readonly free: number;
}
