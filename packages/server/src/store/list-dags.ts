import type { DagAccess } from './dag-access.ts';
import type { Queryable } from './database.ts';
import { Filter, type Listed, listPage, type Page } from './list-page.ts';

export interface DagRow {
  readonly dag_id: string;
  readonly is_paused: boolean;
  readonly is_stale: boolean;
  readonly file: string;
  readonly current_version: number;
  readonly spec_digest: string;
  readonly version_created_at: string;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly owners: readonly string[];
  readonly timetable_summary: string | null;
  readonly max_active_runs: number;
  readonly max_active_tasks: number;
  readonly next_run_after: string | null;
  readonly next_logical_date: string | null;
  readonly next_interval_start: string | null;
  readonly next_interval_end: string | null;
  readonly last_parsed_at: string;
  readonly has_import_errors: boolean;
}

export interface DagFilter {
  readonly access: DagAccess;
  /** Part of the id; `%` and `_` as in LIKE. */
  readonly dagIdPattern?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly allTags?: boolean | undefined;
  readonly owners?: readonly string[] | undefined;
  readonly paused?: boolean | undefined;
  readonly excludeStale: boolean;
}

const SOURCE = {
  columns: `d.dag_id, d.is_paused, d.is_stale, d.file, d.current_version, v.spec_digest, v.created_at as version_created_at,
    d.description, d.tags, d.owners, d.timetable_summary, d.max_active_runs, d.max_active_tasks, d.next_run_after,
    d.next_logical_date, d.next_interval_start, d.next_interval_end, d.last_parsed_at,
    exists (select from import_error e where e.file = d.file) as has_import_errors`,
  // A DAG row is made before its first version within one transaction, so the join misses none that is committed.
  from: 'dag d join dag_version v on v.dag_id = d.dag_id and v.version = d.current_version',
  orders: {
    dag_id: 'd.dag_id',
    dag_display_name: 'd.dag_id',
    is_paused: 'd.is_paused',
    next_dagrun: 'd.next_logical_date',
    next_dagrun_run_after: 'd.next_run_after',
    last_parsed_time: 'd.last_parsed_at',
  },
  tieBreak: 'd.dag_id',
} as const;

export async function listDags(db: Queryable, filter: DagFilter, page: Page): Promise<Listed<DagRow>> {
  const conditions = new Filter()
    .dags(filter.access, 'd.dag_id')
    .when(filter.dagIdPattern, (place) => `d.dag_id ilike '%' || ${place} || '%'`)
    .when(filter.tags, (place) => `d.tags ${filter.allTags ? '@>' : '&&'} ${place}::text[]`)
    .when(filter.owners, (place) => `d.owners && ${place}::text[]`)
    .when(filter.paused, (place) => `d.is_paused = ${place}`)
    .when(filter.excludeStale ? false : undefined, (place) => `d.is_stale = ${place}`);
  return listPage<DagRow>(db, SOURCE, conditions, page);
}

/** One DAG, stale or not; null when there is none. */
export async function readDag(db: Queryable, dagId: string): Promise<DagRow | null> {
  const [row] = await db.query<DagRow>(`select ${SOURCE.columns} from ${SOURCE.from} where d.dag_id = $1`, [dagId]);
  return row ?? null;
}
