import type { Queryable } from './database.ts';

export interface TokenAccount {
  readonly username: string;
  readonly role: 'viewer' | 'user' | 'op' | 'admin';
}

/** Whose token it is, by its SHA-256 (hex); null when it is unknown or has ended. */
export async function readTokenAccount(db: Queryable, tokenHash: string): Promise<TokenAccount | null> {
  const [row] = await db.query<TokenAccount>(
    `select a.username, a.role from account_token t join account a on a.username = t.username
     where t.token_hash = decode($1, 'hex') and t.expires_at > clock_timestamp()`,
    [tokenHash],
    'read_token_account',
  );
  return row ?? null;
}
