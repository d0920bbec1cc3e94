import type { PendingPatience } from './pod-patience.ts';

/** What must be known besides the pod itself to say what it means. */
export interface PodView {
  /** A worker says by its report that it succeeded; an image says it by exit code 0. */
  readonly workload: 'worker' | 'image';
  /** True when we asked for its deletion before its end. */
  readonly deletedByUs: boolean;
  /** True when the pod no longer exists and this is the last that was seen of it. */
  readonly gone: boolean;
  /**
   * Milliseconds by the cluster's clock when its deletion was asked for, where an earlier look at the pod still showed
   * that: a pod that is finally removed has forgotten it. Default: what the pod itself says.
   */
  readonly deletionAskedAt?: number | null;
  /** Default: `DEFAULT_PATIENCE`. */
  readonly patience?: PendingPatience;
}
