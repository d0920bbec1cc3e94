import type { Queryable } from './database.ts';

export async function changeRunNote(db: Queryable, runKey: number, note: string | null): Promise<void> {
  await db.query('update dag_run set note = $2 where run_key = $1', [runKey, note]);
}
