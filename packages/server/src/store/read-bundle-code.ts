import type { Queryable } from './database.ts';

/** The text of a bundle by its SHA-256 (hex); null when it is not stored. */
export async function readBundleCode(db: Queryable, digest: string): Promise<string | null> {
  const [row] = await db.query<{ code: string }>(
    `select code from bundle where digest = $1`,
    [digest],
    'read_bundle_code',
  );
  return row?.code ?? null;
}
