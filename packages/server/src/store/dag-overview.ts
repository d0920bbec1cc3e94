import { type DagAccess, dagIdsOf } from './dag-access.ts';
import type { Queryable } from './database.ts';

/** Every tag of the DAGs that a reader may know of, in their order. */
export async function dagTags(db: Queryable, access: DagAccess): Promise<readonly string[]> {
  const rows = await db.query<{ tag: string }>(
    `select distinct unnest(d.tags) as tag from dag d
     where not d.is_stale and ($1::text[] is null or d.dag_id = any ($1)) order by 1`,
    [dagIdsOf(access) ?? null],
  );
  return rows.map(({ tag }) => tag);
}

/** How many runs of a DAG are in a state. */
export interface RunCountRow {
  readonly dag_id: string;
  readonly state: string;
  readonly count: number;
}

/** Runs by DAG and state; of all DAGs that the reader may know of when `dagIds` is null. */
export function countRuns(
  db: Queryable,
  access: DagAccess,
  dagIds: readonly string[] | null,
): Promise<readonly RunCountRow[]> {
  return db.query<RunCountRow>(
    `select r.dag_id, r.state, count(*) as count from dag_run r
     where ($1::text[] is null or r.dag_id = any ($1)) and ($2::text[] is null or r.dag_id = any ($2))
     group by r.dag_id, r.state order by r.dag_id, r.state`,
    [dagIdsOf(access) ?? null, dagIds],
  );
}
