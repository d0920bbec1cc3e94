import type { Queryable } from './database.ts';

/** Makes an account when there is none at all; false when there is one. Two servers that start at once make one. */
export async function makeFirstAccount(db: Queryable, username: string, passwordHash: string): Promise<boolean> {
  const rows = await db.query(
    `insert into account (username, password_hash, role)
     select $1, $2, 'admin' where not exists (select from account)
     on conflict (username) do nothing returning username`,
    [username, passwordHash],
  );
  return rows.length > 0;
}
