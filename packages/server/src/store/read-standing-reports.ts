import type { Queryable } from './database.ts';
import type { Holder } from './extend-leases.ts';

/** Those of the attempts that have a report by the same holder. */
export async function readStandingReports(db: Queryable, holders: readonly Holder[]): Promise<readonly string[]> {
  const rows = await db.query<{ attemptId: string }>(
    `select a.id as "attemptId"
     from unnest($1::uuid[], $2::text[]) as asked (id, hash)
     join attempt a on a.id = asked.id and a.token_hash = decode(asked.hash, 'hex') and a.reported_at is not null`,
    [holders.map((holder) => holder.attemptId), holders.map((holder) => holder.tokenHash)],
    'read_standing_reports',
  );
  return rows.map((row) => row.attemptId);
}
