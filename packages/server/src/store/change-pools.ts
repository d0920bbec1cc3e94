import type { Queryable } from './database.ts';

export interface PoolFields {
  readonly slots: number;
  readonly description: string | null;
  readonly include_deferred: boolean;
}

/** What a change starts from; null when there is no such pool. Nobody else changes it until the transaction ends. */
export async function readPoolFields(tx: Queryable, name: string): Promise<PoolFields | null> {
  const text = 'select slots, description, include_deferred from pool where name = $1 for update';
  const [row] = await tx.query<PoolFields>(text, [name]);
  return row ?? null;
}

/** Makes a pool; false when the name is taken. The scheduler looks again at what waits. */
export async function insertPool(db: Queryable, name: string, fields: PoolFields): Promise<boolean> {
  const rows = await db.query(
    `insert into pool (name, slots, description, include_deferred) values ($1, $2, $3, $4)
     on conflict do nothing returning pg_notify('gantry_scheduler', 'pools')`,
    [name, fields.slots, fields.description, fields.include_deferred],
  );
  return rows.length > 0;
}

/** Changes the fields that are given; false when there is no such pool. */
export async function updatePool(db: Queryable, name: string, fields: Partial<PoolFields>): Promise<boolean> {
  const rows = await db.query(
    `update pool set slots = coalesce($2, slots), include_deferred = coalesce($3, include_deferred),
       description = case when $4 then $5 else description end
     where name = $1 returning pg_notify('gantry_scheduler', 'pools')`,
    [
      name,
      fields.slots ?? null,
      fields.include_deferred ?? null,
      fields.description !== undefined,
      fields.description ?? null,
    ],
  );
  return rows.length > 0;
}

/** Removes a pool; false when there is none. */
export async function deletePool(db: Queryable, name: string): Promise<boolean> {
  const rows = await db.query(`delete from pool where name = $1 returning name`, [name]);
  return rows.length > 0;
}
