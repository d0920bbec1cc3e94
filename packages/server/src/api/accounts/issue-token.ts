import type { Random } from '@gantry/sdk/model';
import type { Queryable } from '../../store/database.ts';
import { type StoredToken, storeAccountToken } from '../../store/store-account-token.ts';
import { hashOf, randomSecret } from '../credential.ts';

/** A new bearer token of a sign-in, good for `hours`; only its SHA-256 is kept. The account must exist. */
export async function issueToken(db: Queryable, random: Random, username: string, hours: number): Promise<string> {
  const { token } = await issued(db, random, { username, hours, name: null });
  return token;
}

/** The same under a name, by which its owner knows and revokes it; null when the account has one of that name. */
export async function issueNamedToken(
  db: Queryable,
  random: Random,
  of: { readonly username: string; readonly hours: number; readonly name: string },
): Promise<(StoredToken & { readonly token: string }) | null> {
  const { token, stored } = await issued(db, random, of);
  return stored === null ? null : { ...stored, token };
}

async function issued(
  db: Queryable,
  random: Random,
  of: { readonly username: string; readonly hours: number; readonly name: string | null },
) {
  const token = `gantry-token.${randomSecret(random)}`;
  return { token, stored: await storeAccountToken(db, { ...of, hash: hashOf(token) }) };
}
