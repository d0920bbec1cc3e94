import type { Queryable } from './database.ts';

/** The shape that pods are made of, with the origin of each field. */
export interface PodShapeRow {
  readonly digest: string;
  readonly body: string;
  readonly origins: readonly unknown[];
  readonly warnings: readonly string[];
}

/** Stores shapes; one whose digest is there already stays as it is. Sorted, so that two schedulers cannot block each other. */
export async function storePodShapes(db: Queryable, shapes: readonly PodShapeRow[]): Promise<void> {
  await db.query(
    `insert into pod_shape (digest, body, origins, warnings)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as s (digest, body, origins, warnings)
     order by s.digest on conflict do nothing`,
    [
      shapes.map(({ digest }) => digest),
      shapes.map(({ body }) => body),
      shapes.map(({ origins }) => JSON.stringify(origins)),
      shapes.map(({ warnings }) => JSON.stringify(warnings)),
    ],
    'store_pod_shapes',
  );
}
