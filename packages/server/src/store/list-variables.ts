import type { Queryable } from './database.ts';
import { Filter, type Listed, listPage, type Page } from './list-page.ts';

export interface VariableRow {
  readonly key: string;
  readonly value: string;
  readonly description: string | null;
}

const SOURCE = {
  columns: 'v.key, v.value, v.description',
  from: 'variable v',
  orders: { id: 'v.key', key: 'v.key' },
  tieBreak: 'v.key',
} as const;

export async function listVariables(
  db: Queryable,
  keyPattern: string | undefined,
  page: Page,
): Promise<Listed<VariableRow>> {
  const conditions = new Filter().when(keyPattern, (place) => `v.key ilike '%' || ${place} || '%'`);
  return listPage<VariableRow>(db, SOURCE, conditions, page);
}

export async function readVariable(db: Queryable, key: string): Promise<VariableRow | null> {
  const [row] = await db.query<VariableRow>(`select ${SOURCE.columns} from ${SOURCE.from} where v.key = $1`, [key]);
  return row ?? null;
}
