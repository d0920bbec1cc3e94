import type { FailureCounts, Place, TaskState } from '@gantry/sdk/model';
import type { DagAccess } from './dag-access.ts';
import type { Queryable } from './database.ts';
import { Filter, type Listed, listPage, type Page, type Range } from './list-page.ts';

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
  readonly logical_date: string | null;
  readonly run_after: string;
  readonly task_id: string;
  readonly state: TaskState;
  readonly try_number: number;
  readonly max_tries: number;
  readonly not_before: string | null;
  readonly failures: FailureCounts;
  readonly reason: string | null;
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
  readonly taskIds?: readonly string[] | undefined;
  readonly mapIndex?: number | undefined;
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

/** The columns and tables that every reader of task instances shares. */
export const TASK_INSTANCE_SOURCE = {
  columns: `t.id, t.run_key, t.task_index, t.map_index, r.dag_id, r.run_id, r.version, v.spec_digest, r.logical_date,
    r.run_after, t.task_id, t.state, t.try_number, t.max_tries, t.not_before, t.failures, t.reason, t.scheduled_at, t.queued_at,
    t.start_date, t.end_date, t.attempt_id, a.executor, a.hostname, a.pid, a.waiting, a.place`,
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
    .when(filter.mapIndex, (place) => `t.map_index = ${place}`)
    .when(filter.states, (place) => `t.state = any (${place}::text[])`)
    .when(filter.executors, (place) => `a.executor = any (${place}::text[])`)
    .ranges(filter.ranges, TASK_INSTANCE_RANGES);
  return listPage<TaskInstanceRow>(db, TASK_INSTANCE_SOURCE, conditions, page);
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
