import type { Queryable } from './database.ts';
import type { DagGrant, KnownAccount } from './known-account.ts';

type Role = KnownAccount['role'];

export interface NewAccount {
  readonly username: string;
  /** Null: it signs in by a provider only. */
  readonly passwordHash: string | null;
  readonly role: Role;
}

export interface AccountState {
  readonly role: Role;
  readonly is_disabled: boolean;
}

/** False when an account has that name, in whatever case. */
export async function insertAccount(tx: Queryable, account: NewAccount): Promise<boolean> {
  const rows = await tx.query(
    'insert into account (username, password_hash, role) values ($1, $2, $3) on conflict do nothing returning username',
    [account.username, account.passwordHash, account.role],
  );
  return rows.length > 0;
}

/** Changes the fields that are given. Answers what was before; null when there is no such account. */
export async function updateAccount(
  tx: Queryable,
  username: string,
  fields: {
    readonly passwordHash?: string | undefined;
    readonly role?: Role | undefined;
    readonly isDisabled?: boolean | undefined;
  },
): Promise<AccountState | null> {
  const [row] = await tx.query<AccountState>(
    `update account a set password_hash = coalesce($2, a.password_hash), is_disabled = coalesce($3, a.is_disabled),
       role = case when $4 then $5 else a.role end
     from (select username, role, is_disabled from account where username = $1 for update) o
     where a.username = o.username returning o.role, o.is_disabled`,
    [username, fields.passwordHash ?? null, fields.isDisabled ?? null, fields.role !== undefined, fields.role ?? null],
  );
  return row ?? null;
}

/** Removes an account with its sessions, tokens and grants; what it was, or null when there is none. */
export async function deleteAccount(tx: Queryable, username: string): Promise<AccountState | null> {
  const [row] = await tx.query<AccountState>('delete from account where username = $1 returning role, is_disabled', [
    username,
  ]);
  return row ?? null;
}

/** True while somebody can sign in as admin. Locks the admins, so that two changes at once leave one. */
export async function hasAdmin(tx: Queryable): Promise<boolean> {
  await tx.query(`select from account where role = 'admin' order by username for update`);
  const rows = await tx.query(`select from account where role = 'admin' and not is_disabled limit 1`);
  return rows.length > 0;
}

/** Sets what an account may do with one DAG; the role it had for it before, or null. The account must exist. */
export async function putGrant(tx: Queryable, username: string, grant: DagGrant): Promise<DagGrant['role'] | null> {
  const before = await deleteGrant(tx, username, grant.dagId);
  await tx.query('insert into account_grant (username, dag_id, role) values ($1, $2, $3)', [
    username,
    grant.dagId,
    grant.role,
  ]);
  return before;
}

/** Takes a grant back; the role that it gave, or null when there was none. */
export async function deleteGrant(tx: Queryable, username: string, dagId: string): Promise<DagGrant['role'] | null> {
  const [row] = await tx.query<{ role: DagGrant['role'] }>(
    'delete from account_grant where username = $1 and dag_id = $2 returning role',
    [username, dagId],
  );
  return row?.role ?? null;
}
