import type { JsonObject } from '@gantry/sdk/model';
import type { ReprocessBehavior } from './create-backfill.ts';
import { type DagAccess, dagIdsOf } from './dag-access.ts';
import type { Queryable } from './database.ts';
import { Filter, type Listed, listPage, type Page } from './list-page.ts';

export interface BackfillRow {
  readonly id: number;
  readonly dag_id: string;
  readonly from_date: string;
  readonly to_date: string;
  readonly conf: JsonObject;
  readonly is_paused: boolean;
  readonly reprocess_behavior: ReprocessBehavior;
  readonly max_active_runs: number;
  readonly run_backwards: boolean;
  readonly created_by: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly completed_at: string | null;
  /** How many of its logical dates are in which state, or left out. */
  readonly counts: Readonly<Record<string, number>>;
}

const SOURCE = {
  columns: `b.id, b.dag_id, b.from_date, b.to_date, b.conf, b.is_paused, b.reprocess_behavior, b.max_active_runs,
    b.run_backwards, b.created_by, b.created_at, b.updated_at, b.completed_at,
    (select coalesce(jsonb_object_agg(c.state, c.count), '{}') from (
      select coalesce(p.left_out, r.state, 'deleted') as state, count(*) as count from backfill_run p
      left join dag_run r on r.run_key = p.run_key
      where p.backfill_id = b.id group by 1) c) as counts`,
  from: 'backfill b',
  orders: {
    id: 'b.id',
    dag_id: 'b.dag_id',
    from_date: 'b.from_date',
    to_date: 'b.to_date',
    created_at: 'b.created_at',
    completed_at: 'b.completed_at',
  },
  tieBreak: 'b.id',
} as const;

export interface BackfillFilter {
  readonly access: DagAccess;
  readonly dagId?: string | undefined;
  /** True: only those under way; false: only those that are over. */
  readonly active?: boolean | undefined;
}

export function listBackfills(db: Queryable, filter: BackfillFilter, page: Page): Promise<Listed<BackfillRow>> {
  const conditions = new Filter()
    .dags(filter.access, 'b.dag_id')
    .when(filter.dagId, (place) => `b.dag_id = ${place}`)
    .when(filter.active, (place) => `(b.completed_at is null) = ${place}`);
  return listPage<BackfillRow>(db, SOURCE, conditions, page);
}

/** Null when there is none of a DAG that the reader may know of. */
export async function readBackfill(db: Queryable, id: number, access: DagAccess): Promise<BackfillRow | null> {
  const [row] = await db.query<BackfillRow>(
    `select ${SOURCE.columns} from ${SOURCE.from} where b.id = $1 and ($2::text[] is null or b.dag_id = any ($2))`,
    [id, dagIdsOf(access) ?? null],
  );
  return row ?? null;
}
