import { type DagAccess, dagIdsOf } from './dag-access.ts';
import type { Queryable } from './database.ts';
import { Filter, type Listed, listPage, type Page, type Pattern } from './list-page.ts';

export interface ImportErrorRow {
  readonly id: number;
  readonly file: string;
  /** One sentence, and below it what the file printed, if anything. */
  readonly message: string;
  readonly line: number | null;
  readonly position: number | null;
  readonly recorded_at: string;
}

const SOURCE = {
  columns: 'e.id, e.file, e.message, e.line, e.position, e.recorded_at',
  from: 'import_error e',
  orders: { id: 'e.id', import_error_id: 'e.id', filename: 'e.file', timestamp: 'e.recorded_at' },
  tieBreak: 'e.id',
} as const;

export async function listImportErrors(
  db: Queryable,
  filter: { readonly access: DagAccess; readonly file: string | undefined; readonly patterns: readonly Pattern[] },
  page: Page,
): Promise<Listed<ImportErrorRow>> {
  const conditions = visible(filter.access)
    .when(filter.file, (place) => `e.file = ${place}`)
    .patterns(filter.patterns, { filename: 'e.file' });
  return listPage<ImportErrorRow>(db, SOURCE, conditions, page);
}

export async function readImportError(db: Queryable, id: number, access: DagAccess): Promise<ImportErrorRow | null> {
  const conditions = visible(access).when(id, (place) => `e.id = ${place}`);
  const [row] = await db.query<ImportErrorRow>(
    `select ${SOURCE.columns} from ${SOURCE.from} ${conditions.where}`,
    conditions.values,
  );
  return row ?? null;
}

/** An error quotes its file, so its reader must know of every DAG of it; of a file without DAGs only who knows all may. */
function visible(access: DagAccess): Filter {
  return new Filter().when(
    dagIdsOf(access),
    (place) => `exists (select from dag d where d.file = e.file)
      and not exists (select from dag d where d.file = e.file and d.dag_id <> all (${place}::text[]))`,
  );
}
