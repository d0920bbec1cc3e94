import type { Queryable } from './database.ts';

/** The argon2id hash of an account's password; null when there is no such account. */
export async function readPasswordHash(db: Queryable, username: string): Promise<string | null> {
  const [row] = await db.query<{ hash: string }>(`select password_hash as hash from account where username = $1`, [
    username,
  ]);
  return row?.hash ?? null;
}
