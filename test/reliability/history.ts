/** What is left of a campaign, read from outside: tables, the ledger that tasks wrote, and the cluster's record. */
export interface History {
  /** Run ids that were asked for and acknowledged, as `dag/run`. */
  readonly asked: readonly string[];
  readonly runs: readonly { readonly run: string; readonly state: string }[];
  readonly instances: readonly InstanceRecord[];
  readonly attempts: readonly AttemptRecord[];
  readonly pools: Readonly<Record<string, number>>;
  /** Task instances that have output, with the attempt that it is of. */
  readonly outputs: readonly { readonly instance: string; readonly attempt: string }[];
  readonly ledger: readonly LedgerLine[];
  /** Uids by the name of the pod. */
  readonly pods: ReadonlyMap<string, ReadonlySet<string>>;
  /** Task that waits for all of these to succeed, by task id. */
  readonly upstream: Readonly<Record<string, readonly string[]>>;
}

export interface InstanceRecord {
  readonly instance: string;
  readonly state: string;
  readonly attempt: string | null;
}

/** Times are milliseconds of the database's clock. */
export interface AttemptRecord {
  readonly attempt: string;
  /** `dag/run/task`. */
  readonly instance: string;
  readonly state: string;
  readonly pool: string;
  readonly slots: number;
  readonly queuedAt: number;
  readonly endedAt: number | null;
  readonly isClaimed: boolean;
  /** Of the worker's own report; null without one. */
  readonly reported: string | null;
}

/** Written by the task itself; `at` is the machine's monotonic clock in milliseconds. */
export interface LedgerLine {
  readonly kind: 'start' | 'end';
  readonly attempt: string;
  readonly instance: string;
  readonly at: number;
}
