import type { Queryable } from './database.ts';
import { type Listed, listPage, type Page } from './list-page.ts';
import { type NameFilter, nameFilter } from './name-filter.ts';
import type { StoredSecret } from './stored-secret.ts';

/** A variable; its value is plain or sealed. */
export interface VariableRow extends StoredSecret {
  readonly key: string;
  readonly description: string | null;
}

const SOURCE = {
  columns: 'v.key, v.value as plain, v.sealed_value as sealed, v.description',
  from: 'variable v',
  orders: { id: 'v.key', key: 'v.key', description: 'v.description', is_encrypted: '(v.sealed_value is not null)' },
  tieBreak: 'v.key',
} as const;

export async function listVariables(db: Queryable, name: NameFilter, page: Page): Promise<Listed<VariableRow>> {
  return listPage<VariableRow>(db, SOURCE, nameFilter('v.key', name), page);
}

export async function readVariable(db: Queryable, key: string): Promise<VariableRow | null> {
  const [row] = await db.query<VariableRow>(`select ${SOURCE.columns} from ${SOURCE.from} where v.key = $1`, [key]);
  return row ?? null;
}
