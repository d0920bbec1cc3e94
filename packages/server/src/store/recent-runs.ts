import type { RunState, RunType } from '@gantry/sdk/model';
import { type DagAccess, dagIdsOf } from './dag-access.ts';
import type { Queryable } from './database.ts';

export interface RecentRunRow {
  readonly dag_id: string;
  readonly dag_run_id: string;
  readonly run_type: RunType;
  readonly state: RunState;
  readonly run_after: string;
  readonly start_date: string | null;
  readonly end_date: string | null;
}

/** The last runs that were made of each of some DAGs, newest first; one index walk of `limit` rows a DAG. */
export async function recentRuns(
  db: Queryable,
  of: { readonly access: DagAccess; readonly dagIds: readonly string[]; readonly limit: number },
): Promise<RecentRunRow[]> {
  return db.query<RecentRunRow>(
    `select r.* from unnest($1::text[]) with ordinality as d (dag_id, place)
     cross join lateral (
       select dag_id, run_id as dag_run_id, run_type, state, run_after, start_date, end_date
       from dag_run where dag_id = d.dag_id order by run_key desc limit $2) r
     where $3::text[] is null or d.dag_id = any ($3::text[])
     order by d.place`,
    [of.dagIds, of.limit, dagIdsOf(of.access) ?? null],
    'recent_runs',
  );
}
