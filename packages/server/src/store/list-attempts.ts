import type { AttemptState, Failure, Place } from '@gantry/sdk/model';
import type { DagAccess } from './dag-access.ts';
import type { Queryable } from './database.ts';
import { Filter, type Listed, listPage, type Page } from './list-page.ts';

export interface AttemptRow {
  readonly attempt_id: string;
  readonly dag_id: string;
  readonly dag_run_id: string;
  readonly task_id: string;
  readonly map_index: number;
  readonly try_number: number;
  readonly state: AttemptState;
  readonly executor: string;
  readonly workload: 'worker' | 'image';
  readonly pool: string;
  readonly pool_slots: number;
  readonly bundle_digest: string;
  readonly queued_at: string;
  readonly claimed_at: string | null;
  readonly started_at: string | null;
  readonly reported_at: string | null;
  readonly ended_at: string | null;
  readonly lease_until: string | null;
  readonly hostname: string | null;
  readonly pid: number | null;
  readonly waiting: string | null;
  readonly place: Place | null;
  readonly stop_sentence: string | null;
  readonly failure: Failure | null;
  /** Kind of the outcome that its worker reported when it did not count any more; null when it reported none so. */
  readonly late_outcome: string | null;
}

const SOURCE = {
  columns: `a.id as attempt_id, a.dag_id, r.run_id as dag_run_id, a.task_id, a.map_index, a.try_number, a.state, a.executor,
    a.workload, a.pool, a.pool_slots, a.bundle_digest, a.queued_at, a.claimed_at, a.started_at, a.reported_at, a.ended_at,
    a.lease_until, a.hostname, a.pid, a.waiting, a.place, a.stop_sentence, a.failure,
    coalesce(case when a.state = 'abandoned' then a.outcome ->> 'kind' end,
      (select l.outcome ->> 'kind' from late_report l where l.attempt_id = a.id)) as late_outcome`,
  from: 'attempt a join dag_run r on r.run_key = a.run_key',
  orders: {
    task_id: 'a.task_id',
    try_number: 'a.try_number',
    state: 'a.state',
    queued_at: 'a.queued_at',
    started_at: 'a.started_at',
    ended_at: 'a.ended_at',
  },
  tieBreak: 'a.task_index, a.map_index, a.queued_at, a.id',
} as const;

/** The attempts of a run, of all its tries; by task and time unless ordered otherwise. */
export async function listAttempts(
  db: Queryable,
  of: {
    readonly access: DagAccess;
    readonly dagId: string;
    readonly runId: string;
    readonly taskIds?: readonly string[] | undefined;
    readonly mapIndex?: number | undefined;
  },
  page: Page,
): Promise<Listed<AttemptRow>> {
  const conditions = new Filter()
    .dags(of.access, 'r.dag_id')
    .when(of.dagId, (place) => `r.dag_id = ${place}`)
    .when(of.runId, (place) => `r.run_id = ${place}`)
    .when(of.taskIds, (place) => `a.task_id = any (${place}::text[])`)
    .when(of.mapIndex, (place) => `a.map_index = ${place}`);
  return listPage<AttemptRow>(db, SOURCE, conditions, page);
}
