import type { FailureCounts, Place, TaskState } from '@gantry/sdk/model';
import type { DagAccess } from './dag-access.ts';
import type { Queryable } from './database.ts';
import { Filter, type Listed, listPage, type Page, type Pattern, type Range } from './list-page.ts';

/** A task instance with its open or latest attempt. What its spec says is not in it. */
export interface TaskInstanceRow {
  readonly id: string;
  readonly run_key: number;
  readonly task_index: number;
  readonly map_index: number;
  readonly dag_id: string;
  readonly run_id: string;
  readonly version: number;
  readonly spec_digest: string;
  readonly version_created_at: string;
  readonly logical_date: string | null;
  readonly run_after: string;
  readonly task_id: string;
  readonly state: TaskState;
  readonly try_number: number;
  readonly max_tries: number;
  readonly not_before: string | null;
  readonly failures: FailureCounts;
  readonly reason: string | null;
  readonly note: string | null;
  readonly scheduled_at: string | null;
  readonly queued_at: string | null;
  readonly start_date: string | null;
  readonly end_date: string | null;
  readonly attempt_id: string | null;
  readonly executor: string | null;
  readonly hostname: string | null;
  readonly pid: number | null;
  readonly waiting: string | null;
  readonly place: Place | null;
}

export interface TaskInstanceFilter {
  readonly access: DagAccess;
  readonly dagId?: string | undefined;
  readonly runId?: string | undefined;
  readonly dagIds?: readonly string[] | undefined;
  readonly runIds?: readonly string[] | undefined;
  readonly taskIds?: readonly string[] | undefined;
  readonly mapIndexes?: readonly number[] | undefined;
  /** Leaves out what is not mapped, or what is. */
  readonly isMapped?: boolean | undefined;
  readonly tryNumbers?: readonly number[] | undefined;
  readonly versions?: readonly number[] | undefined;
  /** By what the DAG version says of the task. */
  readonly pools?: readonly string[] | undefined;
  readonly queues?: readonly string[] | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly groupId?: string | undefined;
  readonly patterns?: readonly Pattern[] | undefined;
  readonly states?: readonly string[] | undefined;
  readonly executors?: readonly string[] | undefined;
  readonly ranges: readonly Range[];
}

/** Fields that a list of task instances may be bounded by. */
export const TASK_INSTANCE_RANGES = {
  logical_date: 'r.logical_date',
  run_after: 'r.run_after',
  start_date: 't.start_date',
  end_date: 't.end_date',
} as const;

const NUMBER_RANGES = { duration: 'extract(epoch from t.end_date - t.start_date)' } as const;

/** Fields that a list of task instances may be searched by. */
export const TASK_INSTANCE_PATTERNS = {
  dag_id: 'r.dag_id',
  run_id: 'r.run_id',
  task_display_name: 't.task_id',
} as const;

/** The same, of what the DAG version says of the task. */
export const TASK_PATTERNS = { pool_name: "s.task ->> 'pool'", queue_name: "s.task ->> 'queue'" } as const;

/** The columns and tables that every reader of task instances shares. */
export const TASK_INSTANCE_SOURCE = {
  columns: `t.id, t.run_key, t.task_index, t.map_index, r.dag_id, r.run_id, r.version, v.spec_digest, v.created_at as version_created_at, r.logical_date,
    r.run_after, t.task_id, t.state, t.try_number, t.max_tries, t.not_before, t.failures, t.reason, t.scheduled_at, t.queued_at,
    t.start_date, t.end_date, t.attempt_id, t.note, a.executor, a.hostname, a.pid, a.waiting, a.place`,
  from: `task_instance t
    join dag_run r on r.run_key = t.run_key
    join dag_version v on v.dag_id = r.dag_id and v.version = r.version
    left join attempt a on a.id = t.attempt_id`,
  orders: {
    ...TASK_INSTANCE_RANGES,
    id: 't.id',
    dag_id: 'r.dag_id',
    run_id: 'r.run_id',
    dag_run_id: 'r.run_id',
    task_id: 't.task_id',
    map_index: 't.map_index',
    state: 't.state',
    try_number: 't.try_number',
    queued_when: 't.queued_at',
    scheduled_when: 't.scheduled_at',
    duration: '(t.end_date - t.start_date)',
    data_interval_start: 'r.data_interval_start',
    data_interval_end: 'r.data_interval_end',
  },
  // The order of definition within a run.
  tieBreak: 't.run_key, t.task_index, t.map_index',
} as const;

export async function listTaskInstances(
  db: Queryable,
  filter: TaskInstanceFilter,
  page: Page,
): Promise<Listed<TaskInstanceRow>> {
  const conditions = new Filter()
    .dags(filter.access, 'r.dag_id')
    .when(filter.dagId, (place) => `r.dag_id = ${place}`)
    .when(filter.runId, (place) => `r.run_id = ${place}`)
    .when(filter.taskIds, (place) => `t.task_id = any (${place}::text[])`)
    .when(filter.dagIds, (place) => `r.dag_id = any (${place}::text[])`)
    .when(filter.runIds, (place) => `r.run_id = any (${place}::text[])`)
    .when(filter.mapIndexes, (place) => `t.map_index = any (${place}::integer[])`)
    .when(filter.isMapped, (place) => `(t.map_index >= 0) = ${place}`)
    .when(filter.tryNumbers, (place) => `t.try_number = any (${place}::integer[])`)
    .when(filter.versions, (place) => `r.version = any (${place}::integer[])`)
    .patterns(patternsIn(filter, TASK_INSTANCE_PATTERNS), TASK_INSTANCE_PATTERNS)
    .when(filter.states, (place) => `t.state = any (${place}::text[])`)
    .when(filter.executors, (place) => `a.executor = any (${place}::text[])`)
    .ranges(filter.ranges, { ...TASK_INSTANCE_RANGES, ...NUMBER_RANGES });
  bySpec(conditions, filter);
  return listPage<TaskInstanceRow>(db, TASK_INSTANCE_SOURCE, conditions, page);
}

/** What the DAG version says is looked up once for each version and task, not for each instance. */
function bySpec(conditions: Filter, filter: TaskInstanceFilter): void {
  conditions.within(
    `(r.dag_id, r.version, t.task_index) in (select s.dag_id, s.version, s.place - 1 from (
       select w.dag_id, w.version, p.task, p.place from dag_version w
       cross join lateral jsonb_array_elements(w.spec -> 'tasks') with ordinality as p (task, place)) as s where true`,
    ')',
    (spec) =>
      spec
        .when(filter.pools, (place) => `s.task ->> 'pool' = any (${place}::text[])`)
        .when(filter.queues, (place) => `s.task ->> 'queue' = any (${place}::text[])`)
        .when(filter.kinds, (place) => `s.task ->> 'kind' = any (${place}::text[])`)
        .when(
          filter.groupId,
          (place) => `(s.task ->> 'groupId' = ${place} or starts_with(s.task ->> 'groupId', ${place} || '.'))`,
        )
        .patterns(patternsIn(filter, TASK_PATTERNS), TASK_PATTERNS),
  );
}

function patternsIn({ patterns = [] }: TaskInstanceFilter, columns: Readonly<Record<string, string>>): Pattern[] {
  return patterns.filter(({ field }) => Object.hasOwn(columns, field));
}

/** One task of one run; null when there is none. */
export async function readTaskInstance(
  db: Queryable,
  of: { readonly dagId: string; readonly runId: string; readonly taskId: string; readonly mapIndex: number },
): Promise<TaskInstanceRow | null> {
  const [row] = await db.query<TaskInstanceRow>(
    `select ${TASK_INSTANCE_SOURCE.columns} from ${TASK_INSTANCE_SOURCE.from}
     where r.dag_id = $1 and r.run_id = $2 and t.task_id = $3 and t.map_index = $4`,
    [of.dagId, of.runId, of.taskId, of.mapIndex],
  );
  return row ?? null;
}
