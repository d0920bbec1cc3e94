import type { PodTaskSpec } from './dag-spec.ts';
import type { MemoryGrowth } from './failure-policy.ts';
import type { JsonObject } from './json.ts';

/** What runs in the attempt: our worker with the user's bundle, or an image of the user's. */
export type Workload = { readonly kind: 'worker' } | { readonly kind: 'image'; readonly pod: PodTaskSpec };

/** Where the pod of an order comes from, besides configuration. Templates are given by path and origin only. */
export interface PodLayers {
  readonly templateFile: string | null;
  /** The DAG's override, weaker than the task's. */
  readonly dagOverride: JsonObject | null;
  readonly taskOverride: JsonObject | null;
  /** What a rule for retries asks of this attempt's pod, over the overrides. */
  readonly retry: RetryRule | null;
}

/**
 * A rule, not a patch: what it grows is known only once the weaker layers are joined. The memory of these is multiplied
 * by `factor` as often as the task ran out of memory in this run, up to `max`.
 */
export interface RetryRule extends MemoryGrowth {
  readonly kind: 'grow_memory';
  readonly times: number;
}

/** Everything an executor needs to run one attempt. Made by the engine after the attempt's row is committed. */
export interface Order {
  /** Immutable UUID; every name outside (pod, process) is derived from it. */
  readonly attemptId: string;
  readonly runKey: number;
  readonly dagId: string;
  readonly runId: string;
  readonly taskId: string;
  readonly mapIndex: number;
  readonly tryNumber: number;
  readonly version: number;
  /** Name of the executor it goes to, as configured. */
  readonly executor: string;
  readonly queue: string | null;
  readonly priorityWeight: number;
  /** SHA-256 (hex) of the bundle the worker must run. */
  readonly bundleDigest: string;
  readonly workload: Workload;
  readonly layers: PodLayers;
  readonly executionTimeoutSeconds: number | null;
}
