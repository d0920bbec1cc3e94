import type { KubePod } from './kube-pod.ts';

/** One event of a watch. */
export interface PodChange {
  /** `LEFT`: the stream said DELETED without a deletionTimestamp, so the pod may only have left our selector (W13). */
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'LEFT';
  /** As the event shows it; the last state when it is DELETED. */
  readonly pod: KubePod;
}

/** Why all pods are listed. `compare` is the unconditional one (I20); each other one replaces a version that is lost. */
export type ListReason = 'start' | 'compare' | 'expired' | 'too_large' | 'server_error' | 'silence';

/** What is applied in one transaction, together with the version after it (W16). */
export type PodBatch =
  | {
      readonly kind: 'changes';
      /** In the order of the stream; empty when only the version moved. */
      readonly changes: readonly PodChange[];
      readonly resourceVersion: string;
      readonly clusterId: string;
    }
  | {
      readonly kind: 'list';
      /** All there are: a pod that is not among them does not exist. */
      readonly pods: readonly KubePod[];
      readonly resourceVersion: string;
      readonly clusterId: string;
      readonly why: ListReason;
      /** By `clock.monotonic()`, before the first page was asked for: a pod created later may be missing rightly. */
      readonly askedAtMilliseconds: number;
    };
