import type { Queryable } from './database.ts';
import type { Holder } from './extend-leases.ts';
import { isOpen } from './open-attempt.ts';
import type { StoredSecret } from './stored-secret.ts';

/** The stored value of a variable for the holder of an open attempt. Null: not the holder; `value` null: no row has this key. */
export async function readHeldVariable(
  db: Queryable,
  { attemptId, tokenHash }: Holder,
  key: string,
): Promise<{ readonly value: StoredSecret | null } | null> {
  const [row] = await db.query<StoredSecret & { readonly isThere: boolean }>(
    `select v.key is not null as "isThere", v.value as plain, v.sealed_value as sealed
     from attempt a left join variable v on v.key = $3
     where a.id = $1 and a.token_hash = decode($2, 'hex') and ${isOpen('a')}`,
    [attemptId, tokenHash, key],
    'read_held_variable',
  );
  if (row === undefined) return null;
  return { value: row.isThere ? { plain: row.plain, sealed: row.sealed } : null };
}
