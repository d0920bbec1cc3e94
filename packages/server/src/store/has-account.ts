import type { Queryable } from './database.ts';

/** True once any account exists. */
export async function hasAccount(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ exists: boolean }>('select exists (select from account)');
  return row?.exists ?? false;
}
