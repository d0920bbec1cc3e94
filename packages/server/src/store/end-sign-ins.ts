import type { Queryable } from './database.ts';

/** Ends what signed the account in: its sessions and the tokens of its sign-ins. Tokens with a name stand. */
export async function endSignIns(tx: Queryable, username: string): Promise<void> {
  await tx.query('delete from account_session where username = $1', [username]);
  await tx.query('delete from account_token where username = $1 and name is null', [username]);
}
