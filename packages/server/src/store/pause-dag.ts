import type { Queryable } from './database.ts';

/**
 * Pauses or unpauses a DAG. Answers whether it was paused before; null when there is no such DAG. A DAG that goes on has its next run computed anew, since the one
 * that was planned before the pause may be long past.
 */
export async function pauseDag(db: Queryable, dagId: string, isPaused: boolean): Promise<boolean | null> {
  const [row] = await db.query<{ was_paused: boolean }>(
    `update dag d set is_paused = $2, schedule_changed = d.schedule_changed or (d.is_paused and not $2)
     from (select dag_id, is_paused as was_paused from dag where dag_id = $1 for update) o where d.dag_id = o.dag_id
     returning o.was_paused, pg_notify('gantry_scheduler', 'dags'), pg_notify('gantry_scheduler', 'runs')`,
    [dagId, isPaused],
  );
  return row?.was_paused ?? null;
}
