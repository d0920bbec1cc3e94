import type { Queryable } from './database.ts';

/** The DAG files whose DAGs are stored, each with the fingerprint of what was stored. */
export async function listDagFiles(db: Queryable): Promise<ReadonlyMap<string, string>> {
  const rows = await db.query<{ file: string; fingerprint: string }>('select file, fingerprint from dag_file');
  return new Map(rows.map(({ file, fingerprint }) => [file, fingerprint]));
}
