import type { Queryable } from './database.ts';

/** The oldest account with the role admin that can sign in; null when there is none. */
export async function firstAdmin(db: Queryable): Promise<string | null> {
  const [row] = await db.query<{ username: string }>(
    `select username from account where role = 'admin' and not is_disabled order by created_at, username limit 1`,
  );
  return row?.username ?? null;
}
