import type { Queryable } from './database.ts';

/** The shape that pods are made of, with the origin of each field. */
export interface PodShapeRow {
  readonly digest: string;
  readonly body: string;
  readonly origins: readonly unknown[];
  readonly warnings: readonly string[];
}

/** Stores a shape; one of the same digest is there already and stays. */
export async function storePodShape(db: Queryable, { digest, body, origins, warnings }: PodShapeRow): Promise<void> {
  await db.query(
    `insert into pod_shape (digest, body, origins, warnings) values ($1, $2, $3, $4) on conflict do nothing`,
    [digest, body, JSON.stringify(origins), JSON.stringify(warnings)],
    'store_pod_shape',
  );
}
