import type { DagSpec } from '@gantry/sdk/model';
import type { Database, Queryable } from './database.ts';
import { saveDagVersion } from './save-dag-version.ts';

export interface DagFileToSave {
  readonly file: string;
  readonly fingerprint: string;
  readonly durationMilliseconds: number;
  readonly dags: readonly { readonly spec: DagSpec; readonly specDigest: string }[];
  readonly bundle: { readonly digest: string; readonly code: string; readonly source: string };
  readonly pausedAtCreation: boolean;
}

export type SavedDagFile =
  | { readonly kind: 'saved'; readonly versions: readonly { readonly dagId: string; readonly version: number }[] }
  /** Another file defines a DAG of this id; nothing was stored. */
  | { readonly kind: 'taken'; readonly dagId: string; readonly file: string };

/** Several DAG processors on one database store one after the other. */
const INTAKE_LOCK = 7_411_204;

/** Stores what a file defines, whole or not at all; DAGs that it no longer defines become stale. Answers new versions. */
export async function saveDagFile(database: Database, file: DagFileToSave): Promise<SavedDagFile> {
  return database.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1::bigint)', [INTAKE_LOCK]);
    const taken = await findTaken(tx, file);
    if (taken !== null) return taken;
    const versions = await saveVersions(tx, file);
    const left = await markLeftOut(tx, file);
    await saveFile(tx, file);
    if (versions.length > 0 || left) await tx.query(`select pg_notify('gantry_scheduler', 'dags')`);
    return { kind: 'saved', versions };
  });
}

/** A stale DAG belongs to nobody: it may move to another file. */
async function findTaken(tx: Queryable, { file, dags }: DagFileToSave): Promise<SavedDagFile | null> {
  const [row] = await tx.query<{ dag_id: string; file: string }>(
    'select dag_id, file from dag where dag_id = any($1) and file <> $2 and not is_stale order by dag_id limit 1',
    [dags.map(({ spec }) => spec.dagId), file],
  );
  return row === undefined ? null : { kind: 'taken', dagId: row.dag_id, file: row.file };
}

async function saveVersions(tx: Queryable, file: DagFileToSave): Promise<{ dagId: string; version: number }[]> {
  const { bundle, dags, pausedAtCreation } = file;
  if (dags.length > 0)
    await tx.query('insert into bundle (digest, code) values ($1, $2) on conflict do nothing', [
      bundle.digest,
      bundle.code,
    ]);
  const versions = [];
  for (const { spec, specDigest } of dags) {
    const parts = { file: file.file, spec, specDigest, bundleDigest: bundle.digest, source: bundle.source };
    const { version, isNew } = await saveDagVersion(tx, { ...parts, pausedAtCreation });
    if (isNew) versions.push({ dagId: spec.dagId, version });
  }
  return versions;
}

async function markLeftOut(tx: Queryable, { file, dags }: DagFileToSave): Promise<boolean> {
  const rows = await tx.query(
    `update dag set is_stale = true where file = $1 and not is_stale and not dag_id = any($2) returning dag_id`,
    [file, dags.map(({ spec }) => spec.dagId)],
  );
  return rows.length > 0;
}

async function saveFile(tx: Queryable, file: DagFileToSave): Promise<void> {
  await tx.query(
    `insert into dag_file (file, fingerprint, duration_milliseconds) values ($1, $2, $3)
     on conflict (file) do update set fingerprint = excluded.fingerprint, parsed_at = clock_timestamp(),
       duration_milliseconds = excluded.duration_milliseconds`,
    [file.file, file.fingerprint, file.durationMilliseconds],
  );
  await tx.query('delete from import_error where file = $1', [file.file]);
}
