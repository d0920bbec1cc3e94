import type { Queryable } from './database.ts';

/** The argon2id hash of an account's password; null when there is none: no such account, one without a password, a disabled one. */
export async function readPasswordHash(db: Queryable, username: string): Promise<string | null> {
  const [row] = await db.query<{ hash: string }>(
    `select password_hash as hash from account where username = $1 and not is_disabled`,
    [username],
  );
  return row?.hash ?? null;
}
