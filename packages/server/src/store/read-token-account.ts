import type { Queryable } from './database.ts';
import { ACCOUNT_COLUMNS, type KnownAccount } from './known-account.ts';

export interface TokenAccount extends KnownAccount {
  readonly tokenId: string;
  /** Null for a token that came of a sign-in. */
  readonly tokenName: string | null;
  readonly expiresAt: string;
}

/**
 * Whose token it is, by its SHA-256 (hex), and notes that it is used (to the minute). Null when it is unknown or has
 * ended, or its account is disabled.
 */
export async function readTokenAccount(db: Queryable, tokenHash: string): Promise<TokenAccount | null> {
  const [row] = await db.query<TokenAccount & { readonly isStale: boolean }>(
    `select ${ACCOUNT_COLUMNS}, t.id as "tokenId", t.name as "tokenName", t.expires_at as "expiresAt",
       coalesce(t.used_at < clock_timestamp() - interval '1 minute', true) as "isStale"
     from account_token t join account a on a.username = t.username
     where t.token_hash = decode($1, 'hex') and t.expires_at > clock_timestamp() and not a.is_disabled`,
    [tokenHash],
    'read_token_account',
  );
  if (row === undefined) return null;
  const { isStale, ...account } = row;
  if (isStale) await db.query('update account_token set used_at = clock_timestamp() where id = $1', [account.tokenId]);
  return account;
}
