/** What kinds of cause there are, in the order in which a task meets them. */
export const WHY_KINDS = [
  'no_scheduler',
  'dag_missing',
  'import_error',
  'dag_paused',
  'run_limit',
  'run_not_due',
  'run_waits',
  'run_over',
  'takeover',
  'set_aside',
  'upstream',
  'depends_on_past',
  'back_off',
  'limit',
  'pool',
  'executor',
  'quota',
  'api_server',
  'unschedulable',
  'gated',
  'image_pull',
  'configuration',
  'pod_starting',
  'worker_starting',
  'stopping',
  'ending',
  'lease',
  'running',
  'finished',
] as const;
export type WhyKind = (typeof WHY_KINDS)[number];

/** One link of the chain that leads to a running task. */
export interface WhyCause {
  readonly kind: WhyKind;
  /** False for what is worth knowing but holds nothing up. */
  readonly blocking: boolean;
  readonly sentence: string;
  /** What would let it go on, and who can do it. */
  readonly unblock: string;
  /** ISO 8601: when it changes by itself at the latest; null when nobody can say. */
  readonly until: string | null;
}
