import type { Queryable } from './database.ts';

/** Names of the pools whose row another session holds now; asks without waiting for any lock. */
export async function heldPools(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `with free as materialized (select name from pool for update skip locked)
     select name from pool where name not in (select name from free) order by name`,
    [],
    'held_pools',
  );
  return rows.map((row) => row.name);
}
