import type { Queryable } from './database.ts';

/**
 * Claimed attempts of this scheduler's runs whose lease ended more than `marginSeconds` ago by the database's clock
 * (rule D12): their workers have killed themselves by then, so the attempt is over without proof from outside.
 */
export async function expiredAttempts(db: Queryable, serviceId: string, marginSeconds: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select a.id from attempt a join dag_run r on r.run_key = a.run_key
     where a.state in ('queued', 'running') and a.reported_at is null and r.leader = $1
       and a.lease_until < clock_timestamp() - make_interval(secs => $2)`,
    [serviceId, marginSeconds],
    'expired_attempts',
  );
  return rows.map((row) => row.id);
}
