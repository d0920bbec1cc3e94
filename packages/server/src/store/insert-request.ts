import type { RequestFact } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';

/**
 * Keeps what a user asks of a run, for the scheduler that leads it; no state moves here. Answers the numbers of the
 * facts, in the order of the requests. The keys are those of existing runs.
 */
export async function insertRequests(
  db: Queryable,
  requests: readonly { readonly runKey: number; readonly request: RequestFact }[],
): Promise<number[]> {
  if (requests.length === 0) return [];
  const rows = await db.query<{ id: number }>(
    `with asked as (
       insert into fact (run_key, kind, body)
       select a.run_key, a.kind, a.body
       from unnest($1::bigint[], $2::text[], $3::jsonb[]) with ordinality as a (run_key, kind, body, place) order by a.place
       returning id
     ), notified as materialized (select pg_notify('gantry_scheduler', 'requests'))
     select asked.id from asked cross join notified order by asked.id`,
    [
      requests.map(({ runKey }) => runKey),
      requests.map(({ request }) => request.kind),
      requests.map(({ request: { kind: _, ...body } }) => JSON.stringify(body)),
    ],
  );
  return rows.map(({ id }) => id);
}

/** True while one of these facts waits for its scheduler. */
export async function areWaiting(db: Queryable, factIds: readonly number[]): Promise<boolean> {
  const rows = await db.query<{ waiting: boolean }>(
    'select exists (select from fact where id = any ($1::bigint[])) as waiting',
    [factIds],
    'requests_waiting',
  );
  return rows[0]!.waiting;
}
