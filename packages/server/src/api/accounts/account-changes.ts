import { GantryError } from '@gantry/sdk/model';
import {
  deleteAccount,
  deleteGrant,
  hasAdmin,
  insertAccount,
  putGrant,
  updateAccount,
} from '../../store/change-accounts.ts';
import type { Queryable } from '../../store/database.ts';
import { endSignIns } from '../../store/end-sign-ins.ts';
import type { DagGrant } from '../../store/known-account.ts';
import { readAccount } from '../../store/list-accounts.ts';
import { changedFields } from '../audit/changed-fields.ts';
import type { AuditNote } from '../audit/with-audit.ts';
import type { Role } from '../permissions.ts';

/** Letters and digits of any script and `_ . @ + -`; no space, no slash, nothing that a terminal would act on. */
export const USERNAME_PATTERN = '^[\\p{L}\\p{N}_.@+-]{1,250}$';

/** What REST and the command line do with accounts, each inside a transaction that `note` tells the audit log of. */
export interface AccountWork {
  readonly tx: Queryable;
  readonly note: AuditNote;
}

/** Throws `invalid` or `conflict`. A null hash makes an account without a password. */
export async function createAccount(
  { tx, note }: AccountWork,
  account: { readonly username: string; readonly passwordHash: string | null; readonly role: Role | null },
): Promise<void> {
  const { username, role } = account;
  if (!new RegExp(USERNAME_PATTERN, 'u').test(username)) {
    throw new GantryError(
      'invalid',
      `username: found ${JSON.stringify(username.slice(0, 100))}, expected 1 to 250 letters, digits or one of _ . @ + -.`,
    );
  }
  if (!(await insertAccount(tx, account))) {
    throw new GantryError('conflict', `There is an account ${username} already, perhaps in other case.`);
  }
  note({ event: 'create_user', object: username, after: { role } });
}

/** Changes what is given, and ends what signed the account in. Throws `not_found`, and `conflict` for the last admin. */
export async function changeAccount(
  { tx, note }: AccountWork,
  username: string,
  fields: {
    readonly passwordHash?: string | undefined;
    readonly role?: Role | null | undefined;
    readonly isDisabled?: boolean | undefined;
  },
): Promise<void> {
  const before = await updateAccount(tx, username, fields);
  if (before === null) throw noAccount(username);
  await requireAdmin(tx, username);
  await endSignIns(tx, username);
  const { role, isDisabled: is_disabled } = fields;
  const password = fields.passwordHash === undefined ? undefined : '***';
  note({
    event: 'patch_user',
    object: username,
    before: { ...before },
    after: changedFields({ role, is_disabled, password }),
  });
}

/** Throws `not_found`, and `conflict` for the last admin. */
export async function removeAccount({ tx, note }: AccountWork, username: string): Promise<void> {
  const before = await deleteAccount(tx, username);
  if (before === null) throw noAccount(username);
  await requireAdmin(tx, username);
  note({ event: 'delete_user', object: username, before: { ...before } });
}

/** Throws `not_found`. */
export async function grantDag({ tx, note }: AccountWork, username: string, grant: DagGrant): Promise<void> {
  if ((await readAccount(tx, username)) === null) throw noAccount(username);
  const role = await putGrant(tx, username, grant);
  note({ event: 'put_grant', dagId: grant.dagId, object: username, before: { role }, after: { role: grant.role } });
}

/** Throws `not_found`. */
export async function revokeDag({ tx, note }: AccountWork, username: string, dagId: string): Promise<void> {
  const role = await deleteGrant(tx, username, dagId);
  if (role === null) throw new GantryError('not_found', `The account ${username} has no grant for the DAG ${dagId}.`);
  note({ event: 'delete_grant', dagId, object: username, before: { role } });
}

export function noAccount(username: string): GantryError {
  return new GantryError('not_found', `There is no account ${username}.`);
}

async function requireAdmin(tx: Queryable, username: string): Promise<void> {
  if (await hasAdmin(tx)) return;
  throw new GantryError(
    'conflict',
    `${username} is the last account with the role admin that can sign in; make another one admin first.`,
  );
}
