import type { Queryable } from './database.ts';
import { insertRequests } from './insert-request.ts';

/** Pauses a backfill or lets it go on; false when there is none that is under way. */
export async function pauseBackfill(db: Queryable, id: number, isPaused: boolean): Promise<boolean> {
  const rows = await db.query(
    `update backfill set is_paused = $2, updated_at = clock_timestamp() where id = $1 and completed_at is null
     returning pg_notify('gantry_scheduler', 'runs')`,
    [id, isPaused],
  );
  return rows.length > 0;
}

/**
 * Ends a backfill: its runs that have not started are marked failed, those that run go on. Answers the numbers of the
 * requests to the scheduler; null when there is none that is under way. Must run inside a transaction.
 */
export async function cancelBackfill(tx: Queryable, id: number, requestedBy: string): Promise<number[] | null> {
  const rows = await tx.query(
    `update backfill set is_paused = true, updated_at = clock_timestamp(), completed_at = clock_timestamp()
     where id = $1 and completed_at is null returning id`,
    [id],
  );
  if (rows.length === 0) return null;
  const queued = await tx.query<{ run_key: number }>(
    `select run_key from dag_run where backfill_id = $1 and state = 'queued' order by run_key for update`,
    [id],
  );
  const request = { kind: 'mark_run' as const, state: 'failed' as const, requestedBy };
  return insertRequests(
    tx,
    queued.map(({ run_key: runKey }) => ({ runKey, request })),
  );
}

/** Completes each backfill that has no run left to wait for; answers how many. */
export async function completeBackfills(db: Queryable): Promise<number> {
  const rows = await db.query(
    `update backfill b set completed_at = clock_timestamp(), updated_at = clock_timestamp()
     where b.completed_at is null and ${ALL_RUNS_ENDED} returning b.id`,
    [],
    'complete_backfills',
  );
  return rows.length;
}

/** A run that is to run again counts until its request is applied. */
export const ALL_RUNS_ENDED = `not exists (
  select from dag_run r where r.backfill_id = b.id and (r.state in ('queued', 'running')
    or exists (select from fact f where f.run_key = r.run_key and f.attempt_id is null)))`;
