import type { Queryable } from './database.ts';

/**
 * Pauses or unpauses a DAG; false when there is none. A DAG that goes on has its next run computed anew, since the one
 * that was planned before the pause may be long past.
 */
export async function pauseDag(db: Queryable, dagId: string, isPaused: boolean): Promise<boolean> {
  const rows = await db.query(
    `update dag set is_paused = $2, schedule_changed = schedule_changed or (is_paused and not $2) where dag_id = $1
     returning pg_notify('gantry_scheduler', 'dags'), pg_notify('gantry_scheduler', 'runs')`,
    [dagId, isPaused],
  );
  return rows.length > 0;
}
