import type { Json } from '@gantry/sdk/model';
import type { DagAccess } from './dag-access.ts';
import type { Queryable } from './database.ts';
import { Filter, type Listed, listPage, type Page, type Pattern, type Range } from './list-page.ts';

export interface XcomRow {
  readonly key: string;
  readonly timestamp: string;
  readonly map_index: number;
  readonly task_id: string;
  readonly dag_id: string;
  readonly run_id: string;
  readonly logical_date: string | null;
  readonly run_after: string;
}

export interface XcomFilter {
  readonly access: DagAccess;
  readonly dagId?: string | undefined;
  readonly runId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly key?: string | undefined;
  readonly mapIndex?: number | undefined;
  readonly patterns?: readonly Pattern[] | undefined;
  readonly ranges?: readonly Range[] | undefined;
}

/** Fields that a list of XComs may be searched by. */
export const XCOM_PATTERNS = {
  xcom_key: 'x.key',
  dag_display_name: 'r.dag_id',
  run_id: 'r.run_id',
  task_id: 't.task_id',
} as const;

/** Fields that a list of XComs may be bounded by. */
export const XCOM_RANGES = { logical_date: 'r.logical_date', run_after: 'r.run_after' } as const;

const SOURCE = {
  columns: `x.key, x.recorded_at as timestamp, x.map_index, t.task_id, r.dag_id, r.run_id, r.logical_date, r.run_after`,
  from: `xcom x
    join dag_run r on r.run_key = x.run_key
    join task_instance t on t.run_key = x.run_key and t.task_index = x.task_index and t.map_index = x.map_index`,
  orders: {
    key: 'x.key',
    timestamp: 'x.recorded_at',
    map_index: 'x.map_index',
    task_id: 't.task_id',
    dag_id: 'r.dag_id',
    run_id: 'r.run_id',
    run_after: 'r.run_after',
  },
  tieBreak: 'x.run_key, x.task_index, x.map_index, x.key',
} as const;

/** The XComs that tasks left, without their values. */
export async function listXcoms(db: Queryable, filter: XcomFilter, page: Page): Promise<Listed<XcomRow>> {
  return listPage<XcomRow>(db, SOURCE, conditionsOf(filter), page);
}

/** One XCom with its value; null when there is none. */
export async function readXcom(
  db: Queryable,
  of: Required<Omit<XcomFilter, 'patterns' | 'ranges'>>,
): Promise<(XcomRow & { readonly value: Json }) | null> {
  const conditions = conditionsOf(of);
  const [row] = await db.query<XcomRow & { value: Json }>(
    `select ${SOURCE.columns}, x.value from ${SOURCE.from} ${conditions.where}`,
    conditions.values,
  );
  return row ?? null;
}

function conditionsOf(filter: XcomFilter): Filter {
  return new Filter()
    .dags(filter.access, 'r.dag_id')
    .when(filter.dagId, (place) => `r.dag_id = ${place}`)
    .when(filter.runId, (place) => `r.run_id = ${place}`)
    .when(filter.taskId, (place) => `t.task_id = ${place}`)
    .when(filter.mapIndex, (place) => `x.map_index = ${place}`)
    .when(filter.key, (place) => `x.key = ${place}`)
    .patterns(filter.patterns ?? [], XCOM_PATTERNS)
    .ranges(filter.ranges ?? [], XCOM_RANGES);
}
