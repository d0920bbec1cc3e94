import type { Queryable } from './database.ts';
import { ACCOUNT_COLUMNS, type KnownAccount } from './known-account.ts';

export interface SessionAccount extends KnownAccount {
  readonly sessionId: string;
  /** When it ends whatever is done; ISO 8601. */
  readonly expiresAt: string;
}

/** How fresh `seen_at` is kept, so that not every request writes. */
const SEEN_SECONDS = 60;

/**
 * Whose session it is, by the SHA-256 (hex) of its cookie, and notes that it is used. Null when it is unknown, over, was
 * not used for `idleSeconds`, or its account is disabled.
 */
export async function readSessionAccount(
  db: Queryable,
  sessionHash: string,
  idleSeconds: number,
): Promise<SessionAccount | null> {
  const [row] = await db.query<SessionAccount & { readonly isStale: boolean }>(
    `select ${ACCOUNT_COLUMNS}, s.id as "sessionId", s.expires_at as "expiresAt",
       s.seen_at < clock_timestamp() - make_interval(secs => $3) as "isStale"
     from account_session s join account a on a.username = s.username
     where s.session_hash = decode($1, 'hex') and s.expires_at > clock_timestamp()
       and s.seen_at > clock_timestamp() - make_interval(secs => $2) and not a.is_disabled`,
    [sessionHash, idleSeconds, Math.min(SEEN_SECONDS, idleSeconds / 4)],
    'read_session_account',
  );
  if (row === undefined) return null;
  const { isStale, ...account } = row;
  if (isStale) {
    await db.query('update account_session set seen_at = clock_timestamp() where id = $1', [account.sessionId]);
  }
  return account;
}
