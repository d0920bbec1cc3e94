import type { BundledDag } from '../model/bundle-face.ts';
import type { FailureClass } from '../model/failure.ts';
import type { FailureRule, PolicyClass } from '../model/failure-policy.ts';
import type { RunState, TaskState } from '../model/states.ts';

/** How an attempt ends. */
export type SimulatedEnd = 'success' | 'skipped' | FailureClass;

/** One attempt as a script tells it. A word alone is the same as `{ end: word }`. */
export interface SimulatedOutcome {
  readonly end: SimulatedEnd;
  /** How long it runs; `taskSeconds` of the options when left out. */
  readonly seconds?: number;
  /** False for an error that must not be retried (`FailWithoutRetry`); true. */
  readonly retryable?: boolean;
  /** For a branch: the tasks or groups that it follows. */
  readonly follow?: readonly string[];
  /** For a short circuit: true stops what is below it; false. */
  readonly stops?: boolean;
}

/** What befalls the attempts of each task, in their order. Attempts beyond the list, and tasks without one, succeed. */
export interface SimulationScript {
  readonly [taskId: string]: readonly (SimulatedEnd | SimulatedOutcome)[];
}

export interface SimulationOptions {
  /** Decides what happens first among things of one moment. Same seed, same trace. 0. */
  readonly seed?: number;
  /** How long an attempt runs when its script does not say; 60. */
  readonly taskSeconds?: number;
  /** Attempts at the same time; 32. */
  readonly parallelism?: number;
  /** Slots of pools by name; a pool that is not named is unlimited. */
  readonly pools?: { readonly [name: string]: number };
  /** What the operator configures in `[failures]`, by class; what is left out has the default. */
  readonly failures?: { readonly [Name in PolicyClass]?: FailureRule };
}

export interface SimulatedAttempt {
  readonly tryNumber: number;
  readonly end: SimulatedEnd;
  /** What Gantry says about a failure; null without one. */
  readonly sentence: string | null;
  /** Seconds since the start of the run. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Memory limit of its pod's container `base`; null without one. */
  readonly memoryLimit: string | null;
}

export interface SimulatedTask {
  readonly state: TaskState;
  /** Tries that were begun; a free retry begins none. */
  readonly tries: number;
  readonly attempts: readonly SimulatedAttempt[];
  /** Why it is where it is, in a sentence; null where the state says it. */
  readonly reason: string | null;
}

export interface SimulatedRun {
  readonly state: RunState;
  readonly reason: string | null;
  /** Virtual seconds from start to end. */
  readonly seconds: number;
  readonly tasks: { readonly [taskId: string]: SimulatedTask };
  /** What happened, a line each: virtual second, task, event. */
  readonly trace: readonly string[];
  /** SHA-256 (hex) of the trace: two runs with the same hash went the same way. */
  readonly traceHash: string;
}

/**
 * Runs a DAG in virtual time against scripted pods, by the scheduler's own planner, limits, retry rules and budgets. No
 * task function runs. Throws a sentence for a script that names what the DAG has not, and for a run that cannot end.
 */
export type Simulate = (dag: BundledDag, script?: SimulationScript, options?: SimulationOptions) => SimulatedRun;
