import type { Queryable } from './database.ts';

export interface NewSession {
  /** SHA-256 of the cookie's value, hex. */
  readonly hash: string;
  readonly username: string;
  readonly signedInBy: 'password' | 'oidc';
  readonly lifetimeSeconds: number;
  readonly address: string;
  readonly userAgent: string | null;
}

/** How many sessions one account keeps; the ones that rest longest end for a new one. */
const MOST_SESSIONS = 50;

/** Starts a session and removes those of the account that are over or too many. */
export async function insertSession(tx: Queryable, session: NewSession): Promise<void> {
  await tx.query(
    `delete from account_session where username = $1 and (expires_at < clock_timestamp() or id in (
       select id from account_session where username = $1 order by seen_at desc offset $2))`,
    [session.username, MOST_SESSIONS - 1],
  );
  await tx.query(
    `insert into account_session (session_hash, username, signed_in_by, expires_at, address, user_agent)
     values (decode($1, 'hex'), $2, $3, clock_timestamp() + make_interval(secs => $4), $5, $6)`,
    [
      session.hash,
      session.username,
      session.signedInBy,
      session.lifetimeSeconds,
      session.address,
      session.userAgent?.slice(0, 300) ?? null,
    ],
  );
  await tx.query('update account set signed_in_at = clock_timestamp() where username = $1', [session.username]);
}

/** Ends one session of an account, or of any with null; whose it was, or null when there is none. */
export async function endSession(tx: Queryable, id: string, username: string | null): Promise<string | null> {
  const [row] = await tx.query<{ username: string }>(
    'delete from account_session where id = $1 and ($2::text is null or username = $2) returning username',
    [id, username],
  );
  return row?.username ?? null;
}
