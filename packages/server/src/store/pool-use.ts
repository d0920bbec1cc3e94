import type { Queryable } from './database.ts';

export interface PoolUseRow {
  readonly name: string;
  readonly slots: number;
  readonly used: number;
}

/** Every pool with the slots that open attempts hold; unlimited pools (-1) are not counted. */
export async function poolUse(db: Queryable): Promise<PoolUseRow[]> {
  return db.query<PoolUseRow>(
    `select p.name, p.slots, case when p.slots < 0 then 0 else
       (select coalesce(sum(a.pool_slots), 0) from attempt a where a.pool = p.name and a.state in ('queued', 'running'))::integer end as used
     from pool p`,
    [],
    'pool_use',
  );
}
