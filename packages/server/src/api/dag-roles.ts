import { GantryError } from '@gantry/sdk/model';
import { ALL_DAGS, type DagAccess } from '../store/dag-access.ts';
import type { DagGrant, KnownAccount } from '../store/known-account.ts';
import { mayDo, type Permission, type Role } from './permissions.ts';

/** Throws `forbidden`, or `not_found` for a DAG that the account may not know of. `dagId` is null where several are meant. */
export function requirePermission(
  account: KnownAccount,
  permission: Exclude<Permission, 'public' | 'worker'>,
  dagId: string | null,
): void {
  if (permission === 'account') return;
  if (permission === 'dag viewer') requireDagRole(account, 'viewer', dagId);
  else if (permission === 'dag user') requireDagRole(account, 'user', dagId);
  else if (!hasRole(account, permission)) throw forbidden(account, permission);
}

/** The same for one DAG, or with null for any of them. */
export function requireDagRole(account: KnownAccount, needed: Role, dagId: string | null): void {
  if (hasRole(account, needed)) return;
  const fits = (grant: DagGrant): boolean => mayDo(grant.role, needed);
  const grants = dagId === null ? account.grants : account.grants.filter((grant) => grant.dagId === dagId);
  if (grants.some(fits)) return;
  const mayKnow = account.role !== null || grants.length > 0;
  if (dagId !== null && !mayKnow) throw new GantryError('not_found', `There is no DAG ${dagId}.`);
  throw forbidden(account, needed);
}

/** The DAGs with which the account may do what `needed` says. */
export function dagsOf(account: KnownAccount, needed: Role): DagAccess {
  if (hasRole(account, needed)) return ALL_DAGS;
  return {
    kind: 'only',
    dagIds: account.grants.filter((grant) => mayDo(grant.role, needed)).map(({ dagId }) => dagId),
  };
}

function hasRole({ role }: KnownAccount, needed: Role): boolean {
  return role !== null && mayDo(role, needed);
}

function forbidden({ username, role }: KnownAccount, needed: Role): GantryError {
  const has = role === null ? 'no role' : `the role ${role}`;
  return new GantryError('forbidden', `The account ${username} has ${has}; this needs ${needed}.`);
}
