import { createHash } from 'node:crypto';
import type { Random } from '@gantry/sdk/model';
import type { Queryable } from '../../store/database.ts';
import { storeAccountToken } from '../../store/store-account-token.ts';
import { hashOf } from '../credential.ts';

/** A new bearer token of an account, good for `hours`; only its SHA-256 is kept. The account must exist. */
export async function issueToken(db: Queryable, random: Random, username: string, hours: number): Promise<string> {
  // Two version 4 UUIDs hold 244 random bits.
  const secret = createHash('sha256').update(`${random.uuid()}${random.uuid()}`).digest('base64url');
  const token = `gantry-token.${secret}`;
  await storeAccountToken(db, { hash: hashOf(token), username, hours });
  return token;
}
