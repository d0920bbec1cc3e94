import type { Queryable } from './database.ts';

/** A row of a run that another session holds now. */
export interface HeldRow {
  readonly run_key: number;
  readonly table: 'dag_run' | 'attempt' | 'task_instance';
  readonly row: string;
}

/**
 * Rows that the next steps of this scheduler's runs may need and that another session holds now; asks without waiting
 * for any lock. A statement of the API may hold one for a moment: only what is found twice is held for long.
 */
export async function heldRows(db: Queryable, serviceId: string): Promise<HeldRow[]> {
  return db.query<HeldRow>(
    `with led as materialized (select run_key from dag_run where leader = $1),
       free_runs as materialized (
         select r.run_key from dag_run r where r.run_key in (select run_key from led) for no key update of r skip locked),
       open_attempts as materialized (
         select a.id, a.run_key from attempt a where a.run_key in (select run_key from led) and a.state in ('queued', 'running')),
       free_attempts as materialized (
         select a.id from attempt a where a.id in (select id from open_attempts) for no key update of a skip locked),
       open_instances as materialized (
         select i.id, i.run_key, i.task_index, i.map_index from task_instance i where i.run_key in (select run_key from led)
           and i.state not in ('success', 'failed', 'skipped', 'upstream_failed', 'removed')),
       free_instances as materialized (
         select i.id from task_instance i
         where (i.run_key, i.task_index, i.map_index) in (select run_key, task_index, map_index from open_instances)
         for no key update of i skip locked)
     select run_key, 'dag_run' as table, run_key::text as row from led where run_key not in (select run_key from free_runs)
     union all
     select run_key, 'attempt', id::text from open_attempts where id not in (select id from free_attempts)
     union all
     select run_key, 'task_instance', id::text from open_instances where id not in (select id from free_instances)`,
    [serviceId],
    'held_rows',
  );
}
