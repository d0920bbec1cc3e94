import type { JsonObject, RunState } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';
import { insertRequests } from './insert-request.ts';

/** Which of the runs that are over a backfill runs again. Airflow: ReprocessBehavior. */
export const REPROCESS_BEHAVIORS = ['none', 'failed', 'completed'] as const;
export type ReprocessBehavior = (typeof REPROCESS_BEHAVIORS)[number];

/** One run that a backfill wants; times are ISO 8601. */
export interface WantedRun {
  readonly runId: string;
  readonly logicalDate: string;
  readonly intervalStart: string;
  readonly intervalEnd: string;
  readonly runAfter: string;
}

export interface AskedBackfill {
  readonly dagId: string;
  readonly version: number;
  readonly fromDate: string;
  readonly toDate: string;
  readonly conf: JsonObject;
  readonly reprocessBehavior: ReprocessBehavior;
  readonly maxActiveRuns: number;
  readonly runBackwards: boolean;
  readonly createdBy: string;
  /** In the order in which they are to start. */
  readonly runs: readonly WantedRun[];
}

/** What a backfill does for a logical date: makes the run, runs an old one again, or leaves it as it is. */
export type BackfillDecision = 'make' | 'again' | 'already exists' | 'in flight';

interface StandingRun {
  readonly run_key: number;
  readonly logical_date: string;
  readonly state: RunState;
  readonly task_ids: readonly string[];
}

/** A run that waits or runs is never doubled; one that is over is run again when the behavior says so. */
export function decideBackfill(state: RunState | null, behavior: ReprocessBehavior): BackfillDecision {
  if (state === null) return 'make';
  if (state === 'queued' || state === 'running') return 'in flight';
  if (behavior === 'completed' || (behavior === 'failed' && state === 'failed')) return 'again';
  return 'already exists';
}

/** The runs that stand already for logical dates of a DAG. With `lock`, nobody changes them before the commit. */
export async function standingRuns(
  db: Queryable,
  dagId: string,
  logicalDates: readonly string[],
  lock: boolean,
): Promise<ReadonlyMap<number, StandingRun>> {
  const rows = await db.query<StandingRun>(
    `select r.run_key, r.logical_date, r.state,
       array(select task ->> 'taskId' from jsonb_array_elements(v.spec -> 'tasks') as task) as task_ids
     from dag_run r join dag_version v on v.dag_id = r.dag_id and v.version = r.version
     where r.dag_id = $1 and r.logical_date = any ($2::timestamptz[])
     order by r.run_key ${lock ? 'for update of r' : ''}`,
    [dagId, logicalDates],
  );
  return new Map(rows.map((row) => [Date.parse(row.logical_date), row]));
}

/**
 * Makes a backfill with all its runs; null when one of the DAG is under way. Runs that are to run again are cleared by
 * a request to their scheduler. Must run inside a transaction.
 */
export async function createBackfill(tx: Queryable, asked: AskedBackfill): Promise<number | null> {
  const { dagId, runs, reprocessBehavior, createdBy } = asked;
  const id = await insertBackfill(tx, asked);
  if (id === null) return null;
  const standing = await standingRuns(
    tx,
    dagId,
    runs.map(({ logicalDate }) => logicalDate),
    true,
  );
  const standingOf = (run: WantedRun): StandingRun | undefined => standing.get(Date.parse(run.logicalDate));
  const decided = runs.map((run) => decideBackfill(standingOf(run)?.state ?? null, reprocessBehavior));
  const made = await insertRuns(
    tx,
    id,
    asked,
    runs.filter((_, place) => decided[place] === 'make'),
  );
  const again = runs.flatMap((run, place) => (decided[place] === 'again' ? [standingOf(run)!] : []));
  await takeOver(tx, id, again, createdBy);
  await keepPlaces(
    tx,
    id,
    runs.map((run, place) => {
      const runKey = made.get(run.runId) ?? standingOf(run)?.run_key ?? null;
      const decision = decided[place]!;
      // Somebody triggered the same date in this very moment.
      const leftOut = decision === 'make' && runKey === null ? 'already exists' : decision;
      return { logicalDate: run.logicalDate, runKey, leftOut };
    }),
  );
  return id;
}

async function insertBackfill(tx: Queryable, asked: AskedBackfill): Promise<number | null> {
  const [row] = await tx.query<{ id: number }>(
    `insert into backfill (dag_id, from_date, to_date, conf, reprocess_behavior, max_active_runs, run_backwards, created_by)
     values ($1, $2, $3, $4::jsonb, $5, $6, $7, $8)
     on conflict do nothing returning id, pg_notify('gantry_scheduler', 'runs')`,
    [
      asked.dagId,
      asked.fromDate,
      asked.toDate,
      JSON.stringify(asked.conf),
      asked.reprocessBehavior,
      asked.maxActiveRuns,
      asked.runBackwards,
      asked.createdBy,
    ],
  );
  return row?.id ?? null;
}

async function insertRuns(
  tx: Queryable,
  id: number,
  { dagId, version, conf, createdBy }: AskedBackfill,
  runs: readonly WantedRun[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.query<{ run_id: string; run_key: number }>(
    `insert into dag_run (dag_id, run_id, version, run_type, logical_date, data_interval_start, data_interval_end, run_after,
       conf, triggered_by, triggering_user, backfill_id)
     select $1, w.run_id, $2, 'backfill', w.logical_date, w.interval_start, w.interval_end, w.run_after, $3::jsonb, 'backfill', $4, $5
     from unnest($6::text[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[])
       as w (run_id, logical_date, interval_start, interval_end, run_after)
     on conflict do nothing returning run_id, run_key`,
    [
      ...[dagId, version, JSON.stringify(conf), createdBy, id],
      runs.map(({ runId }) => runId),
      runs.map(({ logicalDate }) => logicalDate),
      runs.map(({ intervalStart }) => intervalStart),
      runs.map(({ intervalEnd }) => intervalEnd),
      runs.map(({ runAfter }) => runAfter),
    ],
  );
  return new Map(rows.map((row) => [row.run_id, row.run_key]));
}

async function takeOver(tx: Queryable, id: number, runs: readonly StandingRun[], requestedBy: string): Promise<void> {
  await tx.query(
    `update dag_run set backfill_id = $1, run_type = 'backfill', triggered_by = 'backfill', triggering_user = $2
     where run_key = any ($3::bigint[])`,
    [id, requestedBy, runs.map(({ run_key: runKey }) => runKey)],
  );
  const cleared = runs.map(({ run_key: runKey, task_ids: taskIds }) => ({
    runKey,
    request: {
      kind: 'clear_tasks' as const,
      tasks: taskIds.map((taskId) => ({ taskId, mapIndex: null })),
      only: null,
      reopen: true,
      requestedBy,
    },
  }));
  await insertRequests(tx, cleared);
}

async function keepPlaces(
  tx: Queryable,
  id: number,
  places: readonly { readonly logicalDate: string; readonly runKey: number | null; readonly leftOut: string }[],
): Promise<void> {
  await tx.query(
    `insert into backfill_run (backfill_id, place, logical_date, run_key, left_out)
     select $1, p.place, p.logical_date, p.run_key, p.left_out
     from unnest($2::timestamptz[], $3::bigint[], $4::text[]) with ordinality as p (logical_date, run_key, left_out, place)`,
    [
      id,
      places.map(({ logicalDate }) => logicalDate),
      places.map(({ runKey }) => runKey),
      places.map(({ leftOut }) => (leftOut === 'make' || leftOut === 'again' ? null : leftOut)),
    ],
  );
}
