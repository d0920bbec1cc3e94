import type { Random } from '@gantry/sdk/model';
import type { Queryable } from '../../store/database.ts';
import { storeAccountToken } from '../../store/store-account-token.ts';
import { hashOf, randomSecret } from '../credential.ts';

/** A new bearer token of an account, good for `hours`; only its SHA-256 is kept. The account must exist. */
export async function issueToken(db: Queryable, random: Random, username: string, hours: number): Promise<string> {
  const token = `gantry-token.${randomSecret(random)}`;
  await storeAccountToken(db, { hash: hashOf(token), username, hours });
  return token;
}
