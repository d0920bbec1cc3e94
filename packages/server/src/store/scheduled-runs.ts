import type { DagSpec } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';

/** When a run stands for and when it may start; ISO 8601 in UTC. */
export interface RunTimes {
  readonly logicalDate: string;
  readonly intervalStart: string;
  readonly intervalEnd: string;
  readonly runAfter: string;
}

/** A DAG whose next run must be computed or made. Times are milliseconds since 1970. */
export interface DueDag {
  readonly dagId: string;
  readonly version: number;
  readonly spec: DagSpec;
  readonly isPaused: boolean;
  readonly scheduleChanged: boolean;
  readonly nextRun: { logicalDate: number; intervalStart: number; intervalEnd: number; runAfter: number } | null;
  /** The last run that the schedule made. */
  readonly lastRun: { logicalDate: number; intervalStart: number; intervalEnd: number } | null;
}

/**
 * Locks DAGs that are due or whose schedule changed, of all or of the one named. Must run inside a transaction; others
 * skip what is locked.
 */
export async function lockDueDags(tx: Queryable, limit: number, dagId: string | null): Promise<DueDag[]> {
  const rows = await tx.query<DueRow>(
    `select d.dag_id, d.current_version, v.spec, d.is_paused, d.schedule_changed,
       d.next_run_after, d.next_logical_date, d.next_interval_start, d.next_interval_end,
       last.logical_date as last_logical_date, last.data_interval_start as last_interval_start, last.data_interval_end as last_interval_end
     from dag d
     join dag_version v on v.dag_id = d.dag_id and v.version = d.current_version
     left join lateral (
       select r.logical_date, r.data_interval_start, r.data_interval_end from dag_run r
       where r.dag_id = d.dag_id and r.run_type = 'scheduled' order by r.run_key desc limit 1) last on true
     where ($2::text is null or d.dag_id = $2) and not d.is_stale and (d.schedule_changed or (not d.is_paused and d.next_run_after <= clock_timestamp()))
     order by d.dag_id limit $1
     for no key update of d skip locked`,
    [limit, dagId],
    'lock_due_dags',
  );
  return rows.map(dueDag);
}

interface DueRow {
  readonly dag_id: string;
  readonly current_version: number;
  readonly spec: DagSpec;
  readonly is_paused: boolean;
  readonly schedule_changed: boolean;
  readonly next_run_after: string | null;
  readonly next_logical_date: string | null;
  readonly next_interval_start: string | null;
  readonly next_interval_end: string | null;
  readonly last_logical_date: string | null;
  readonly last_interval_start: string | null;
  readonly last_interval_end: string | null;
}

function dueDag(row: DueRow): DueDag {
  const next = instants(row.next_logical_date, row.next_interval_start, row.next_interval_end);
  const { next_run_after: runAfter } = row;
  return {
    dagId: row.dag_id,
    version: row.current_version,
    spec: row.spec,
    isPaused: row.is_paused,
    scheduleChanged: row.schedule_changed,
    nextRun: next === null || runAfter === null ? null : { ...next, runAfter: Date.parse(runAfter) },
    lastRun: instants(row.last_logical_date, row.last_interval_start, row.last_interval_end),
  };
}

function instants(
  logicalDate: string | null,
  start: string | null,
  end: string | null,
): { logicalDate: number; intervalStart: number; intervalEnd: number } | null {
  if (logicalDate === null) return null;
  const logical = Date.parse(logicalDate);
  return {
    logicalDate: logical,
    intervalStart: start === null ? logical : Date.parse(start),
    intervalEnd: end === null ? logical : Date.parse(end),
  };
}

/** Makes a scheduled run unless one exists for that logical date (I27). Answers whether it was made. */
export async function createScheduledRun(
  tx: Queryable,
  run: RunTimes & { dagId: string; version: number; runId: string },
): Promise<boolean> {
  const rows = await tx.query<{ run_key: number }>(
    `insert into dag_run (dag_id, run_id, version, run_type, logical_date, data_interval_start, data_interval_end, run_after, triggered_by)
     values ($1, $2, $3, 'scheduled', $4, $5, $6, $7, 'timetable')
     on conflict do nothing returning run_key`,
    [run.dagId, run.runId, run.version, run.logicalDate, run.intervalStart, run.intervalEnd, run.runAfter],
    'create_scheduled_run',
  );
  return rows.length === 1;
}

/** Stores when the DAG runs next; null when it does not by itself. */
export async function saveNextRun(tx: Queryable, dagId: string, next: RunTimes | null): Promise<void> {
  await tx.query(
    `update dag set schedule_changed = false, next_run_after = $2, next_logical_date = $3, next_interval_start = $4, next_interval_end = $5
     where dag_id = $1`,
    [dagId, next?.runAfter ?? null, next?.logicalDate ?? null, next?.intervalStart ?? null, next?.intervalEnd ?? null],
    'save_next_run',
  );
}

/** State of tasks in the last earlier run of the DAG, for dependsOnPast; a task that is missing has no past. */
export async function pastStates(
  db: Queryable,
  runKey: number,
  taskIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db.query<{ task_id: string; state: string }>(
    `select i.task_id, i.state from task_instance i
     where i.task_id = any ($2) and i.run_key = (
       select p.run_key from dag_run p join dag_run r on r.run_key = $1
       where p.dag_id = r.dag_id and p.run_key <> r.run_key
         and case when r.logical_date is null then p.run_key < r.run_key else p.logical_date < r.logical_date end
       order by p.logical_date desc nulls last, p.run_key desc limit 1)`,
    [runKey, taskIds],
    'past_states',
  );
  return new Map(rows.map((row) => [row.task_id, row.state]));
}
