import type { StoredHistory } from '../store/history/read-history.ts';

/** What is left of a campaign, read from outside: tables, their changes, the tasks' own ledger, the cluster's record. */
export interface History extends StoredHistory {
  /** Run ids that were asked for and acknowledged, as `dag/run`. */
  readonly asked: readonly string[];
  /** Every change of a row while the record was kept, in the order in which they were made. */
  readonly changes: readonly Change[];
  /** What tasks wrote themselves; empty where they write none. */
  readonly ledger: readonly LedgerLine[];
  /** Task that waits for all of these to succeed, by task id. */
  readonly upstream: Readonly<Record<string, readonly string[]>>;
  /** Attempts whose pod or worker a fault hit, or that a user cleared: they may end without a report, or against it. */
  readonly struck: readonly string[];
  readonly cluster: ClusterRecord | null;
  /** Where the value of a secret was looked for. */
  readonly surfaces: readonly Surface[];
}

/** What the cluster knows; null without a cluster that can be read. */
export interface ClusterRecord {
  readonly deployment: string;
  /** Uids by the name of each pod that was ever seen. */
  readonly uids: ReadonlyMap<string, ReadonlySet<string>>;
  /** Requests about pods, in order; empty where the cluster keeps no such record. */
  readonly requests: readonly RequestRecord[];
  /** This deployment's pods that stand at the end, and whether the attempt that each names exists. */
  readonly left: readonly { readonly pod: string; readonly isKnown: boolean }[];
}

export interface RequestRecord {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  readonly subresource: string | null;
  readonly name: string | null;
  readonly code: number;
  readonly uid: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly labelSelector: string | null;
  readonly uidPrecondition: string | null;
}

/** A row before and after. Columns that no invariant needs are left out. */
export type Change = { readonly transaction: string; readonly at: number } & (
  | { readonly entity: 'attempt'; readonly was: AttemptRow | null; readonly is: AttemptRow }
  | { readonly entity: 'task_instance'; readonly was: InstanceRow | null; readonly is: InstanceRow }
  | { readonly entity: 'dag_run'; readonly was: RunRow | null; readonly is: RunRow }
);

export interface AttemptRow {
  readonly id: string;
  readonly state: string;
  readonly nonce: string | null;
  readonly reported_at: string | null;
  /** Kind of the reported outcome. */
  readonly outcome: string | null;
  /** Of its pod. */
  readonly uid: string | null;
}

export interface InstanceRow {
  readonly id: string;
  readonly state: string;
  readonly attempt_id: string | null;
}

export interface RunRow {
  readonly run_id: string;
  readonly state: string;
  readonly leader: string | null;
  readonly fence: number;
}

/** Written by the task itself; `at` is the machine's monotonic clock in milliseconds. */
export interface LedgerLine {
  readonly kind: 'start' | 'end';
  readonly attempt: string;
  readonly instance: string;
  readonly at: number;
}

/** For instance the pods, or what the services wrote. */
export interface Surface {
  readonly name: string;
  readonly characters: number;
  readonly sightings: number;
}
