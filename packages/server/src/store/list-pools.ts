import type { Queryable } from './database.ts';
import { type Listed, listPage, type Page } from './list-page.ts';
import { type NameFilter, nameFilter } from './name-filter.ts';

export interface PoolRow {
  readonly name: string;
  /** -1 is unlimited. */
  readonly slots: number;
  readonly description: string | null;
  readonly include_deferred: boolean;
  readonly running_slots: number;
  readonly queued_slots: number;
}

const SOURCE = {
  columns: `p.name, p.slots, p.description, p.include_deferred,
    coalesce((select sum(a.pool_slots) from attempt a where a.pool = p.name and a.state = 'running'), 0)::integer as running_slots,
    coalesce((select sum(a.pool_slots) from attempt a where a.pool = p.name and a.state = 'queued'), 0)::integer as queued_slots`,
  from: 'pool p',
  orders: { id: 'p.name', pool: 'p.name', name: 'p.name', slots: 'p.slots' },
  tieBreak: 'p.name',
} as const;

export async function listPools(db: Queryable, name: NameFilter, page: Page): Promise<Listed<PoolRow>> {
  return listPage<PoolRow>(db, SOURCE, nameFilter('p.name', name), page);
}

export async function readPool(db: Queryable, name: string): Promise<PoolRow | null> {
  const [row] = await db.query<PoolRow>(`select ${SOURCE.columns} from ${SOURCE.from} where p.name = $1`, [name]);
  return row ?? null;
}
