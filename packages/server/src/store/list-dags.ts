import type { DagAccess } from './dag-access.ts';
import type { Queryable } from './database.ts';
import { Filter, type Listed, listPage, type Page, type Pattern, type Range } from './list-page.ts';

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
  readonly patterns: readonly Pattern[];
  readonly tags?: readonly string[] | undefined;
  readonly allTags?: boolean | undefined;
  readonly owners?: readonly string[] | undefined;
  readonly paused?: boolean | undefined;
  readonly excludeStale: boolean;
  readonly hasImportErrors?: boolean | undefined;
  readonly lastRunState?: string | undefined;
  /** DAGs with a run in that state, and within those bounds. */
  readonly runStates?: readonly string[] | undefined;
  readonly runRanges: readonly Range[];
}

/** Fields that a list of DAGs may be searched by. */
export const DAG_PATTERNS = { dag_id: 'd.dag_id', dag_display_name: 'd.dag_id' } as const;

const RUN_RANGES_OF_DAGS = { dag_run_start_date: 'r.start_date', dag_run_end_date: 'r.end_date' } as const;
/** Fields by which a list of DAGs may be bounded by their runs. */
export const DAG_RUN_RANGES = Object.keys(RUN_RANGES_OF_DAGS);

const lastRun = (column: string): string =>
  `(select r.${column} from dag_run r where r.dag_id = d.dag_id order by r.run_key desc limit 1)`;

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
    state: lastRun('state'),
    start_date: lastRun('start_date'),
    last_run_state: lastRun('state'),
    last_run_start_date: lastRun('start_date'),
  },
  tieBreak: 'd.dag_id',
} as const;

export async function listDags(db: Queryable, filter: DagFilter, page: Page): Promise<Listed<DagRow>> {
  const conditions = new Filter()
    .dags(filter.access, 'd.dag_id')
    .patterns(filter.patterns, DAG_PATTERNS)
    .when(filter.tags, (place) => `d.tags ${filter.allTags ? '@>' : '&&'} ${place}::text[]`)
    .when(filter.owners, (place) => `d.owners && ${place}::text[]`)
    .when(filter.paused, (place) => `d.is_paused = ${place}`)
    .when(filter.excludeStale ? false : undefined, (place) => `d.is_stale = ${place}`)
    .when(filter.hasImportErrors, (place) => `exists (select from import_error e where e.file = d.file) = ${place}`)
    .when(filter.lastRunState, (place) => `${lastRun('state')} = ${place}`)
    .within(`exists (select from dag_run r where r.dag_id = d.dag_id`, ')', (run) =>
      run
        .when(filter.runStates, (place) => `r.state = any (${place}::text[])`)
        .ranges(filter.runRanges, RUN_RANGES_OF_DAGS),
    );
  return listPage<DagRow>(db, SOURCE, conditions, page);
}

/** One DAG, stale or not; null when there is none. */
export async function readDag(db: Queryable, dagId: string): Promise<DagRow | null> {
  const [row] = await db.query<DagRow>(`select ${SOURCE.columns} from ${SOURCE.from} where d.dag_id = $1`, [dagId]);
  return row ?? null;
}
