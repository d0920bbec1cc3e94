import type { Database } from './database.ts';

export interface MissingFile {
  readonly file: string;
  /** DAGs that became stale. */
  readonly dagIds: readonly string[];
}

/** Makes the DAGs of files that are gone stale and forgets the files' errors. `present` are all files there are. */
export async function markMissingDags(database: Database, present: readonly string[]): Promise<readonly MissingFile[]> {
  return database.transaction(async (tx) => {
    const stale = await tx.query<{ file: string; dag_id: string }>(
      'update dag set is_stale = true where not is_stale and not file = any($1) returning file, dag_id',
      [present],
    );
    const gone = await tx.query<{ file: string }>('delete from dag_file where not file = any($1) returning file', [
      present,
    ]);
    const failed = await tx.query<{ file: string }>(
      'delete from import_error where not file = any($1) returning file',
      [present],
    );
    if (stale.length > 0) await tx.query(`select pg_notify('gantry_scheduler', 'dags')`);
    const files = [...new Set([...stale, ...gone, ...failed].map(({ file }) => file))].sort();
    return files.map((file) => ({
      file,
      dagIds: stale
        .filter((dag) => dag.file === file)
        .map((dag) => dag.dag_id)
        .sort(),
    }));
  });
}
