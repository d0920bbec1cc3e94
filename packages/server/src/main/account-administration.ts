import {
  type AccountWork,
  changeAccount,
  createAccount,
  grantDag,
  removeAccount,
  revokeDag,
} from '../api/accounts/account-changes.ts';
import { hashPassword, randomPassword, requirePassword } from '../api/accounts/password.ts';
import { withAudit } from '../api/audit/with-audit.ts';
import type { Role } from '../api/permissions.ts';
import type { Database } from '../store/database.ts';
import { type AccountRow, listAccounts } from '../store/list-accounts.ts';
import type { Configuration } from './configuration.ts';
import { onDatabase } from './offline-store.ts';
import { systemRandom } from './system-random.ts';

const PAGE_ROWS = 1000;

/** What the command line does with accounts, on the database itself, so that a lost password can be replaced. */
export interface AccountAdministration {
  list(): Promise<readonly AccountRow[]>;
  /** Null makes a random password. Answers the password. */
  create(username: string, role: Role | null, password: string | null): Promise<string>;
  remove(username: string): Promise<void>;
  setRole(username: string, role: Role | null): Promise<void>;
  setPassword(username: string, password: string | null): Promise<string>;
  setDisabled(username: string, isDisabled: boolean): Promise<void>;
  grant(username: string, dagId: string, role: 'viewer' | 'user'): Promise<void>;
  revoke(username: string, dagId: string): Promise<void>;
}

/** Runs `work` on the accounts of the configured deployment. `by` is who types the command; it stands in the audit log. */
export async function administerAccounts<Result>(
  configuration: Configuration,
  by: string,
  work: (accounts: AccountAdministration) => Promise<Result>,
): Promise<Result> {
  return onDatabase(configuration, 'users', (database) => work(administration(database, by)));
}

function administration(database: Database, by: string): AccountAdministration {
  const actor = { username: by, credential: 'cli', address: null } as const;
  const change = (make: (work: AccountWork) => Promise<void>) =>
    withAudit(database, actor, (tx, note) => make({ tx, note }));
  return {
    list: () => everyAccount(database),
    create: async (username, role, given) => {
      const { password, passwordHash } = await passwordFor(username, given);
      await change((work) => createAccount(work, { username, passwordHash, role }));
      return password;
    },
    remove: (username) => change((work) => removeAccount(work, username)),
    setRole: (username, role) => change((work) => changeAccount(work, username, { role })),
    setPassword: async (username, given) => {
      const { password, passwordHash } = await passwordFor(username, given);
      await change((work) => changeAccount(work, username, { passwordHash }));
      return password;
    },
    setDisabled: (username, isDisabled) => change((work) => changeAccount(work, username, { isDisabled })),
    grant: (username, dagId, role) => change((work) => grantDag(work, username, { dagId, role })),
    revoke: (username, dagId) => change((work) => revokeDag(work, username, dagId)),
  };
}

async function passwordFor(username: string, given: string | null) {
  if (given !== null) requirePassword(given, username);
  const password = given ?? randomPassword(systemRandom);
  return { password, passwordHash: await hashPassword(password) };
}

async function everyAccount(database: Database): Promise<readonly AccountRow[]> {
  const rows: AccountRow[] = [];
  for (;;) {
    const page = await listAccounts(database, undefined, { orderBy: [], limit: PAGE_ROWS, offset: rows.length });
    rows.push(...page.rows);
    if (page.rows.length < PAGE_ROWS) return rows;
  }
}
