import type { Queryable } from './database.ts';

export async function changeRunNote(db: Queryable, runKey: number, note: string | null): Promise<void> {
  await db.query('update dag_run set note = $2 where run_key = $1', [runKey, note]);
}

/** Of task instances, which are found by their keys. */
export async function changeInstanceNotes(
  db: Queryable,
  keys: readonly { readonly run_key: number; readonly task_index: number; readonly map_index: number }[],
  note: string | null,
): Promise<void> {
  await db.query(
    `update task_instance t set note = $4
     from unnest($1::bigint[], $2::integer[], $3::integer[]) as k (run_key, task_index, map_index)
     where t.run_key = k.run_key and t.task_index = k.task_index and t.map_index = k.map_index`,
    [keys.map((key) => key.run_key), keys.map((key) => key.task_index), keys.map((key) => key.map_index), note],
  );
}
