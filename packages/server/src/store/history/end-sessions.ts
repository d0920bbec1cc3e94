import type { Queryable } from '../database.ts';

/** Ends every other session of this database, as a restart of the server would; answers how many there were. */
export async function endSessions(db: Queryable): Promise<number> {
  const rows = await db.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  return rows.length;
}
