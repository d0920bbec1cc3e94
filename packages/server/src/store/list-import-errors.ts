import type { Queryable } from './database.ts';
import { Filter, type Listed, listPage, type Page } from './list-page.ts';

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
  filePattern: string | undefined,
  page: Page,
): Promise<Listed<ImportErrorRow>> {
  const conditions = new Filter().when(filePattern, (place) => `e.file ilike '%' || ${place} || '%'`);
  return listPage<ImportErrorRow>(db, SOURCE, conditions, page);
}

export async function readImportError(db: Queryable, id: number): Promise<ImportErrorRow | null> {
  const [row] = await db.query<ImportErrorRow>(`select ${SOURCE.columns} from ${SOURCE.from} where e.id = $1`, [id]);
  return row ?? null;
}
