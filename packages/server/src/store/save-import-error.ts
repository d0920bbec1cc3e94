import type { Database } from './database.ts';

export interface ImportErrorToSave {
  readonly file: string;
  readonly message: string;
  readonly line: number | null;
  readonly position: number | null;
}

/**
 * Stores why a file cannot be used; its last good versions stay. The fingerprint goes, so that the file is loaded
 * again when its good contents come back. The same error again changes nothing, not even its time.
 */
export async function saveImportError(database: Database, error: ImportErrorToSave): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query('delete from dag_file where file = $1', [error.file]);
    await tx.query(
      `insert into import_error (file, message, line, position) values ($1, $2, $3, $4)
       on conflict (file) do update set message = excluded.message, line = excluded.line,
         position = excluded.position, recorded_at = clock_timestamp()
       where (import_error.message, import_error.line, import_error.position)
         is distinct from (excluded.message, excluded.line, excluded.position)`,
      [error.file, error.message, error.line, error.position],
    );
  });
}
