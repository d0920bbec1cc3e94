import type { Queryable } from './database.ts';

/** Takes running runs whose leader's lease has ended; answers their keys. */
export async function takeRuns(db: Queryable, serviceId: string, limit: number): Promise<number[]> {
  const rows = await db.query<{ take_runs: number }>('select take_runs($1, $2)', [serviceId, limit], 'take_runs');
  return rows.map((row) => row.take_runs);
}

/** Starts due runs within their DAG's max_active_runs and leads them; answers their keys. */
export async function startRuns(db: Queryable, serviceId: string, limit: number): Promise<number[]> {
  const rows = await db.query<{ start_runs: number }>('select start_runs($1, $2)', [serviceId, limit], 'start_runs');
  return rows.map((row) => row.start_runs);
}

/** Takes the lead of runs that rest (queued or over) and of which users asked something; answers their keys. */
export async function leadRequestedRuns(db: Queryable, serviceId: string, limit: number): Promise<number[]> {
  const rows = await db.query<{ lead_requested_runs: number }>(
    'select lead_requested_runs($1, $2)',
    [serviceId, limit],
    'lead_requested_runs',
  );
  return rows.map((row) => row.lead_requested_runs);
}

/** Every run that is led under this id; asked when memory is in doubt. */
export async function ledRunKeys(db: Queryable, serviceId: string): Promise<number[]> {
  const rows = await db.query<{ run_key: number }>(
    `select run_key from dag_run where leader = $1 order by run_key`,
    [serviceId],
    'led_run_keys',
  );
  return rows.map((row) => row.run_key);
}
