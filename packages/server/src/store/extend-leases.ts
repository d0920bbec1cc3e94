import type { Queryable } from './database.ts';
import { isOpen } from './open-attempt.ts';

/** An attempt and the SHA-256 (hex) of the token that came with the request. */
export interface Holder {
  readonly attemptId: string;
  readonly tokenHash: string;
}

export interface ExtendedLease {
  readonly attemptId: string;
  /** Not null: the worker is to stop, and why. */
  readonly stopSentence: string | null;
}

/** Extends the leases of open attempts by the database's clock; what is missing in the answer is closed or not theirs. */
export async function extendLeases(
  db: Queryable,
  holders: readonly Holder[],
  leaseSeconds: number,
): Promise<ExtendedLease[]> {
  return db.query<ExtendedLease>(
    `update attempt a set lease_until = clock_timestamp() + make_interval(secs => $3)
     from unnest($1::uuid[], $2::text[]) as asked (id, hash)
     where a.id = asked.id and a.token_hash = decode(asked.hash, 'hex') and ${isOpen('a')}
     returning a.id as "attemptId", a.stop_sentence as "stopSentence"`,
    [holders.map((holder) => holder.attemptId), holders.map((holder) => holder.tokenHash), leaseSeconds],
    'extend_leases',
  );
}
