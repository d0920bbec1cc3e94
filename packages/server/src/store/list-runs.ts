import type { JsonObject, RunState, RunType } from '@gantry/sdk/model';
import type { DagAccess } from './dag-access.ts';
import type { Queryable } from './database.ts';
import { Filter, type Listed, listPage, type Page, type Pattern, type Range } from './list-page.ts';

export interface RunRow {
  readonly run_key: number;
  readonly dag_id: string;
  readonly run_id: string;
  readonly version: number;
  readonly run_type: RunType;
  readonly state: RunState;
  readonly logical_date: string | null;
  readonly data_interval_start: string | null;
  readonly data_interval_end: string | null;
  readonly run_after: string;
  readonly queued_at: string;
  readonly start_date: string | null;
  readonly end_date: string | null;
  readonly conf: JsonObject;
  readonly params: JsonObject;
  readonly triggered_by: string;
  readonly triggering_user: string | null;
  readonly note: string | null;
  readonly reason: string | null;
  readonly spec_digest: string;
  readonly version_created_at: string;
  /** Not null: its next step cannot be made, and it is tried again later. */
  readonly set_aside: SetAside | null;
}

export interface SetAside {
  readonly sentence: string;
  readonly since: string;
  readonly failures: number;
  readonly next_check_at: string;
}

export interface RunFilter {
  readonly access: DagAccess;
  /** Undefined: of all DAGs. */
  readonly dagId?: string | undefined;
  readonly dagIds?: readonly string[] | undefined;
  readonly states?: readonly string[] | undefined;
  readonly runTypes?: readonly string[] | undefined;
  /** A part of the text of the run's conf. */
  readonly confContains?: string | undefined;
  readonly versions?: readonly number[] | undefined;
  readonly patterns?: readonly Pattern[] | undefined;
  readonly ranges: readonly Range[];
}

/** Fields that a list of runs may be bounded by. */
export const RUN_RANGES = {
  logical_date: 'r.logical_date',
  run_after: 'r.run_after',
  start_date: 'r.start_date',
  end_date: 'r.end_date',
} as const;

/** Fields that a list of runs may be bounded by in seconds. */
const NUMBER_RANGES = { duration: 'extract(epoch from r.end_date - r.start_date)' } as const;

/** Fields that a list of runs may be searched by. */
export const RUN_PATTERNS = {
  dag_id: 'r.dag_id',
  run_id: 'r.run_id',
  triggering_user_name: 'r.triggering_user',
} as const;

const SOURCE = {
  columns: `r.run_key, r.dag_id, r.run_id, r.version, r.run_type, r.state, r.logical_date, r.data_interval_start,
    r.data_interval_end, r.run_after, r.queued_at, r.start_date, r.end_date, r.conf, r.params, r.triggered_by,
    r.triggering_user, r.note, r.reason, v.spec_digest, v.created_at as version_created_at,
    (select jsonb_build_object('sentence', s.sentence, 'since', s.since, 'failures', s.failures, 'next_check_at', s.next_check_at)
      from run_set_aside s where s.run_key = r.run_key) as set_aside`,
  from: 'dag_run r join dag_version v on v.dag_id = r.dag_id and v.version = r.version',
  orders: {
    ...RUN_RANGES,
    id: 'r.run_key',
    dag_id: 'r.dag_id',
    run_id: 'r.run_id',
    dag_run_id: 'r.run_id',
    state: 'r.state',
    run_type: 'r.run_type',
    queued_at: 'r.queued_at',
    duration: '(r.end_date - r.start_date)',
    data_interval_start: 'r.data_interval_start',
    data_interval_end: 'r.data_interval_end',
    conf: 'r.conf::text',
  },
  tieBreak: 'r.run_key',
} as const;

export async function listRuns(db: Queryable, filter: RunFilter, page: Page): Promise<Listed<RunRow>> {
  const conditions = new Filter()
    .dags(filter.access, 'r.dag_id')
    .when(filter.dagId, (place) => `r.dag_id = ${place}`)
    .when(filter.states, (place) => `r.state = any (${place}::text[])`)
    .when(filter.runTypes, (place) => `r.run_type = any (${place}::text[])`)
    .when(filter.dagIds, (place) => `r.dag_id = any (${place}::text[])`)
    .when(filter.versions, (place) => `r.version = any (${place}::integer[])`)
    .when(filter.confContains, (place) => `position(lower(${place}) in lower(r.conf::text)) > 0`)
    .patterns(filter.patterns ?? [], RUN_PATTERNS)
    .ranges(filter.ranges, { ...RUN_RANGES, ...NUMBER_RANGES });
  return listPage<RunRow>(db, SOURCE, conditions, page);
}

export async function readRun(db: Queryable, dagId: string, runId: string): Promise<RunRow | null> {
  const [row] = await db.query<RunRow>(
    `select ${SOURCE.columns} from ${SOURCE.from} where r.dag_id = $1 and r.run_id = $2`,
    [dagId, runId],
  );
  return row ?? null;
}
