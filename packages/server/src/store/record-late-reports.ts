import type { Queryable } from './database.ts';
import type { WorkerReport } from './record-reports.ts';

/** Keeps what workers reported after their attempts had closed: for people, it decides nothing (I18). The first stands. */
export async function recordLateReports(db: Queryable, reports: readonly WorkerReport[]): Promise<void> {
  await db.query(
    `insert into late_report (attempt_id, outcome)
     select a.id, asked.outcome::jsonb
     from unnest($1::uuid[], $2::text[], $3::text[]) as asked (id, hash, outcome)
     join attempt a on a.id = asked.id and a.token_hash = decode(asked.hash, 'hex')
       and a.reported_at is null and a.state not in ('queued', 'running')
     on conflict do nothing`,
    [
      reports.map(({ attemptId }) => attemptId),
      reports.map(({ tokenHash }) => tokenHash),
      reports.map(({ outcome }) => outcome),
    ],
  );
}
