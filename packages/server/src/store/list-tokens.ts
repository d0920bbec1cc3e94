import type { Queryable } from './database.ts';
import { Filter, type Listed, listPage, type Page } from './list-page.ts';

export interface TokenRow {
  readonly id: string;
  readonly username: string;
  /** Null for a token that came of a sign-in. */
  readonly name: string | null;
  readonly created_at: string;
  readonly expires_at: string;
  readonly used_at: string | null;
}

const SOURCE = {
  columns: 't.id, t.username, t.name, t.created_at, t.expires_at, t.used_at',
  from: 'account_token t',
  orders: {
    name: 't.name',
    username: 't.username',
    created_at: 't.created_at',
    expires_at: 't.expires_at',
    used_at: 't.used_at',
  },
  tieBreak: 't.created_at desc, t.id',
} as const;

/** Tokens that last; of all accounts without a name. */
export async function listTokens(db: Queryable, username: string | undefined, page: Page): Promise<Listed<TokenRow>> {
  const conditions = new Filter()
    .when(username, (place) => `t.username = ${place}`)
    .when(true, (place) => `(t.expires_at > clock_timestamp()) = ${place}`);
  return listPage<TokenRow>(db, SOURCE, conditions, page);
}

/** Ends a token of an account, or of any with null; whose it was and its name, or null when there is none. */
export async function deleteToken(
  tx: Queryable,
  id: string,
  username: string | null,
): Promise<Pick<TokenRow, 'username' | 'name'> | null> {
  const [row] = await tx.query<Pick<TokenRow, 'username' | 'name'>>(
    'delete from account_token where id = $1 and ($2::text is null or username = $2) returning username, name',
    [id, username],
  );
  return row ?? null;
}

export async function deleteNamedToken(tx: Queryable, username: string, name: string): Promise<void> {
  await tx.query('delete from account_token where username = $1 and name = $2', [username, name]);
}
