import type { AttemptState, Failure, FailureCounts, Json, Place, RunState, TaskState } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';

/** One group commit of the engine; field names are the columns', since the rows travel as JSON. */
export interface StepBatch {
  /** Every run the batch touches, with the fence its leader holds; `state` when it changes, `release` when the lead ends. */
  readonly runs: readonly RunChange[];
  readonly endings: readonly AttemptChange[];
  readonly attempts: readonly NewAttempt[];
  readonly instances: readonly InstanceChange[];
  readonly facts: readonly { id: number; run_key: number }[];
  readonly foreign: readonly { attempt_id: string; kind: string; body: Json }[];
  readonly cursor?: { watch_id: string; epoch: number; cluster_id: string; selector: string; resource_version: string };
}

export interface RunChange {
  readonly run_key: number;
  readonly fence: number;
  readonly state?: RunState;
  readonly reason?: string | null;
  readonly release?: boolean;
}

export interface AttemptChange {
  readonly id: string;
  readonly run_key: number;
  readonly state?: AttemptState;
  readonly failure?: Failure;
  readonly place?: Place;
  /** Empty text clears the sentence. */
  readonly waiting?: string;
  readonly stop_sentence?: string;
  /** What it fails with at `pending_until`, or without one when its lease has ended, unless something better is told. */
  readonly pending_failure?: Failure;
  readonly pending_until?: string;
  /** What the engine believed when it decided; when it is no longer so, the whole run is left out and read anew. */
  readonly expect?: 'no_claim' | 'no_report';
}

export interface NewAttempt {
  readonly id: string;
  readonly run_key: number;
  readonly task_index: number;
  readonly map_index: number;
  readonly dag_id: string;
  readonly task_id: string;
  readonly try_number: number;
  readonly executor: string;
  readonly workload: 'worker' | 'image';
  readonly pool: string;
  readonly pool_slots: number;
  readonly bundle_digest: string;
  /** The task's maxActiveTisPerDag, when it has one. */
  readonly dag_cap?: number;
}

export interface InstanceChange {
  readonly run_key: number;
  readonly task_index: number;
  readonly map_index: number;
  readonly state: TaskState;
  readonly try_number: number;
  readonly max_tries: number;
  readonly attempt_id: string | null;
  readonly not_before: string | null;
  readonly failures: FailureCounts;
  readonly reason: string | null;
  readonly skips: readonly string[] | null;
}

export interface CommitAnswer {
  /** Runs whose part was applied. A run of the batch that is missing here must be read anew or given up. */
  readonly held: readonly number[];
  /** Attempts that found no slot; their instances stay scheduled. */
  readonly refused: readonly string[];
  /** Slots of the pools that were asked, before this batch took its own. */
  readonly pools: { readonly [name: string]: { readonly slots: number; readonly used: number } };
}

/**
 * Commits a group of steps under the fences of its runs; one round trip and one flush for all of them. JSON records
 * instead of one array a column: the server parses them in microseconds a row, and the call stays readable.
 * Throws with SQLSTATE GA003 when the scheduler's lease has ended, GA004 when the watch has another leader.
 */
export async function commitSteps(db: Queryable, serviceId: string, batch: StepBatch): Promise<CommitAnswer> {
  const rows = await db.query<{ answer: CommitAnswer }>(
    'select commit_steps($1, $2) as answer',
    [serviceId, JSON.stringify(batch)],
    'commit_steps',
  );
  return rows[0]!.answer;
}
