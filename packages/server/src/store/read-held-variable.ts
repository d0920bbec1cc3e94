import type { Queryable } from './database.ts';
import type { Holder } from './extend-leases.ts';
import { isOpen } from './open-attempt.ts';

/** A variable for the holder of an open attempt. Null: not the holder; `value` null: there is no such variable. */
export async function readHeldVariable(
  db: Queryable,
  { attemptId, tokenHash }: Holder,
  key: string,
): Promise<{ readonly value: string | null } | null> {
  const [row] = await db.query<{ value: string | null }>(
    `select v.value from attempt a left join variable v on v.key = $3
     where a.id = $1 and a.token_hash = decode($2, 'hex') and ${isOpen('a')}`,
    [attemptId, tokenHash, key],
    'read_held_variable',
  );
  return row ?? null;
}
