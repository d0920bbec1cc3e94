import type { Queryable } from './database.ts';

export interface NewToken {
  /** SHA-256 of the token, hex. */
  readonly hash: string;
  readonly username: string;
  readonly hours: number;
  /** Null for one that comes of a sign-in. */
  readonly name: string | null;
}

export interface StoredToken {
  readonly id: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** Keeps a token and removes the account's tokens that have ended; null when the account has one of that name. */
export async function storeAccountToken(db: Queryable, token: NewToken): Promise<StoredToken | null> {
  await db.query('delete from account_token where username = $1 and expires_at < clock_timestamp()', [token.username]);
  const [row] = await db.query<StoredToken>(
    `insert into account_token (token_hash, username, expires_at, name)
     values (decode($1, 'hex'), $2, clock_timestamp() + make_interval(hours => $3), $4)
     on conflict (username, name) where name is not null do nothing
     returning id, created_at as "createdAt", expires_at as "expiresAt"`,
    [token.hash, token.username, token.hours, token.name],
  );
  return row ?? null;
}
