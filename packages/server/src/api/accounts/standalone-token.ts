import { GantryError, type Random } from '@gantry/sdk/model';
import type { Database } from '../../store/database.ts';
import { firstAdmin } from '../../store/first-admin.ts';
import { deleteNamedToken } from '../../store/list-tokens.ts';
import { issueNamedToken } from './issue-token.ts';

const NAME = 'standalone';
const HOURS = 24 * 365;

/** The token by which the command line reaches a standalone on this machine: made anew at each start, of the first admin. */
export async function standaloneToken(database: Database, random: Random): Promise<string> {
  const username = await firstAdmin(database);
  if (username === null) {
    throw new GantryError('conflict', 'No account has the role admin; make one with gantry users set-role.');
  }
  const made = await database.transaction(async (tx) => {
    await deleteNamedToken(tx, username, NAME);
    return issueNamedToken(tx, random, { username, hours: HOURS, name: NAME });
  });
  return made!.token;
}
