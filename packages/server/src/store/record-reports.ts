import type { Queryable } from './database.ts';
import type { Holder } from './extend-leases.ts';
import { isOpen } from './open-attempt.ts';

export interface WorkerReport extends Holder {
  /** JSON of the whole outcome. */
  readonly outcome: string;
  /** JSON of the fact's body: the outcome without what the engine does not decide by. */
  readonly factBody: string;
  /** The last chunk of the log; null when all was sent. */
  readonly log: { readonly chunk: number; readonly lines: string } | null;
}

/**
 * Keeps the first report of each open attempt, with the last log chunk and the fact, in one commit (I15). Answers the
 * attempts whose report stands, by this statement or by an earlier one, closed or not; the rest were refused.
 */
export async function recordReports(db: Queryable, reports: readonly WorkerReport[]): Promise<readonly string[]> {
  const rows = await db.query<{ attemptId: string }>(
    RECORD_REPORTS,
    [
      reports.map((report) => report.attemptId),
      reports.map((report) => report.tokenHash),
      reports.map((report) => report.outcome),
      reports.map((report) => report.factBody),
      reports.map((report) => report.log?.chunk ?? null),
      reports.map((report) => report.log?.lines ?? null),
    ],
    'record_reports',
  );
  return rows.map((row) => row.attemptId);
}

const RECORD_REPORTS = `
  with asked as (
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::text[])
      as a (id, hash, outcome, body, chunk, lines)
  ), accepted as (
    update attempt a set reported_at = clock_timestamp(), outcome = asked.outcome::jsonb
    from asked
    where a.id = asked.id and a.token_hash = decode(asked.hash, 'hex') and ${isOpen('a')} and a.reported_at is null
    returning a.id, a.run_key, asked.body, asked.chunk, asked.lines
  ), told as (
    insert into fact (run_key, attempt_id, kind, body)
    select run_key, id, 'reported', body::jsonb from accepted returning 1
  ), logged as (
    insert into log_chunk (attempt_id, chunk, lines)
    select id, chunk, lines from accepted where chunk is not null on conflict do nothing
  ), notified as materialized (
    select pg_notify('gantry_scheduler', 'facts') from (select from told limit 1) as any_told
  )
  select a.id as "attemptId"
  from asked
  join attempt a on a.id = asked.id and a.token_hash = decode(asked.hash, 'hex')
  left join accepted on accepted.id = asked.id
  left join notified on true
  where accepted.id is not null or a.reported_at is not null`;
