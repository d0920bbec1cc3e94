import type { Queryable } from './database.ts';

/** Keeps a token by its SHA-256 (hex) and removes the account's tokens that have ended. */
export async function storeAccountToken(
  db: Queryable,
  token: { readonly hash: string; readonly username: string; readonly hours: number },
): Promise<void> {
  await db.query(
    `with ended as (delete from account_token where username = $2 and expires_at < clock_timestamp())
     insert into account_token (token_hash, username, expires_at)
     values (decode($1, 'hex'), $2, clock_timestamp() + make_interval(hours => $3))`,
    [token.hash, token.username, token.hours],
  );
}
