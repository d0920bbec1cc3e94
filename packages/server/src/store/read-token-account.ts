import type { Queryable } from './database.ts';
import { ACCOUNT_COLUMNS, type KnownAccount } from './known-account.ts';

/** Whose token it is, by its SHA-256 (hex); null when it is unknown or has ended, or its account is disabled. */
export async function readTokenAccount(db: Queryable, tokenHash: string): Promise<KnownAccount | null> {
  const [row] = await db.query<KnownAccount>(
    `select ${ACCOUNT_COLUMNS} from account_token t join account a on a.username = t.username
     where t.token_hash = decode($1, 'hex') and t.expires_at > clock_timestamp() and not a.is_disabled`,
    [tokenHash],
    'read_token_account',
  );
  return row ?? null;
}
