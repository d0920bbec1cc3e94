import type { DagSpec } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';

export interface DagVersion {
  readonly spec: DagSpec;
  readonly bundleDigest: string;
}

/** The stored version of a DAG; null when there is none. A version never changes, so callers may keep it. */
export async function loadDagVersion(db: Queryable, dagId: string, version: number): Promise<DagVersion | null> {
  const rows = await db.query<DagVersion>(
    `select spec, bundle_digest as "bundleDigest" from dag_version where dag_id = $1 and version = $2`,
    [dagId, version],
    'load_dag_version',
  );
  return rows[0] ?? null;
}
