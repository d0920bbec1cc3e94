import type { Queryable } from './database.ts';
import { ACCOUNT_COLUMNS, type KnownAccount } from './known-account.ts';
import { Filter, type Listed, listPage, type Page } from './list-page.ts';

export interface AccountRow extends KnownAccount {
  readonly email: string | null;
  readonly is_disabled: boolean;
  readonly has_password: boolean;
  /** Of the provider that knows the account; null when none does. */
  readonly issuer: string | null;
  readonly created_at: string;
  readonly signed_in_at: string | null;
}

const SOURCE = {
  columns: `${ACCOUNT_COLUMNS}, a.email, a.is_disabled, a.password_hash is not null as has_password, a.issuer,
    a.created_at, a.signed_in_at`,
  from: 'account a',
  orders: { username: 'a.username', role: 'a.role', created_at: 'a.created_at', signed_in_at: 'a.signed_in_at' },
  tieBreak: 'a.username',
} as const;

export async function listAccounts(
  db: Queryable,
  namePattern: string | undefined,
  page: Page,
): Promise<Listed<AccountRow>> {
  const conditions = new Filter().when(namePattern, (place) => `a.username ilike '%' || ${place} || '%'`);
  return listPage<AccountRow>(db, SOURCE, conditions, page);
}

export async function readAccount(db: Queryable, username: string): Promise<AccountRow | null> {
  const [row] = await db.query<AccountRow>(`select ${SOURCE.columns} from ${SOURCE.from} where a.username = $1`, [
    username,
  ]);
  return row ?? null;
}
