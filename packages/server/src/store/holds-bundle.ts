import type { Queryable } from './database.ts';
import type { Holder } from './extend-leases.ts';
import { isOpen } from './open-attempt.ts';

/** True when the attempt is open, the asker's, and pinned to the bundle. */
export async function holdsBundle(db: Queryable, { attemptId, tokenHash }: Holder, digest: string): Promise<boolean> {
  const rows = await db.query(
    `select from attempt a
     where a.id = $1 and a.token_hash = decode($2, 'hex') and a.bundle_digest = $3 and ${isOpen('a')}`,
    [attemptId, tokenHash, digest],
    'holds_bundle',
  );
  return rows.length > 0;
}
