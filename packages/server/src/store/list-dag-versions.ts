import type { Queryable } from './database.ts';
import { Filter, type Listed, listPage, type Page } from './list-page.ts';

/** A version of a DAG, without what it is made of. */
export interface DagVersionRow {
  readonly dag_id: string;
  readonly version: number;
  readonly created_at: string;
}

const SOURCE = {
  columns: 'v.dag_id, v.version, v.created_at',
  from: 'dag_version v',
  orders: { version_number: 'v.version', dag_id: 'v.dag_id', created_at: 'v.created_at' },
  tieBreak: 'v.version desc',
} as const;

export function listDagVersions(db: Queryable, dagId: string, page: Page): Promise<Listed<DagVersionRow>> {
  return listPage<DagVersionRow>(
    db,
    SOURCE,
    new Filter().when(dagId, (place) => `v.dag_id = ${place}`),
    page,
  );
}

/** Null when there is none. */
export async function readDagVersion(db: Queryable, dagId: string, version: number): Promise<DagVersionRow | null> {
  const [row] = await db.query<DagVersionRow>(
    `select ${SOURCE.columns} from ${SOURCE.from} where v.dag_id = $1 and v.version = $2`,
    [dagId, version],
  );
  return row ?? null;
}

/** The text of the DAG's file as a version was read from it; the newest when `version` is null. Null when there is none. */
export async function readDagSource(
  db: Queryable,
  dagId: string,
  version: number | null,
): Promise<(DagVersionRow & { readonly source: string }) | null> {
  const [row] = await db.query<DagVersionRow & { readonly source: string }>(
    `select ${SOURCE.columns}, v.source from ${SOURCE.from} join dag d on d.dag_id = v.dag_id
     where v.dag_id = $1 and v.version = coalesce($2, d.current_version)`,
    [dagId, version],
  );
  return row ?? null;
}
