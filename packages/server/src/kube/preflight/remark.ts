/**
 * `error`: the pod is refused, or would never start. `warning`: it may not start, or runs otherwise than it says.
 * `unchecked`: our account, or the cluster, does not let us know.
 */
export type RemarkLevel = 'error' | 'warning' | 'unchecked';

/** One thing that the cluster lets us know about a pod before there is one. */
export interface Remark {
  readonly level: RemarkLevel;
  /** Path in the pod, e.g. `spec.containers[0].image`. */
  readonly path: string;
  readonly sentence: string;
}
