import type { Random } from '@gantry/sdk/model';
import type { Queryable } from '../../store/database.ts';
import { hasAccount } from '../../store/has-account.ts';
import { makeFirstAccount } from '../../store/make-first-account.ts';
import { hashPassword, randomPassword } from './password.ts';

export const ADMIN_USERNAME = 'admin';

/** Makes the account `admin` with a random password when there is no account yet; answers it, the only time it is shown. */
export async function ensureAdmin(db: Queryable, random: Random): Promise<string | null> {
  if (await hasAccount(db)) return null;
  const password = randomPassword(random);
  const isNew = await makeFirstAccount(db, ADMIN_USERNAME, await hashPassword(password));
  return isNew ? password : null;
}
