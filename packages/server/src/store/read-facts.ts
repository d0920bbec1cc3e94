import type { JsonObject } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';

export interface FactRow {
  readonly id: number;
  readonly run_key: number;
  readonly attempt_id: string | null;
  readonly kind: string;
  readonly body: JsonObject;
}

/**
 * The inbox of the runs this scheduler leads, oldest first. Rows are not locked: a run has one leader, and the commit
 * that applies a fact deletes it under the run's fence. `setAside` are keys of runs whose facts stay where they are.
 */
export async function readFacts(
  db: Queryable,
  serviceId: string,
  limit: number,
  setAside: readonly number[],
): Promise<FactRow[]> {
  return db.query<FactRow>(
    `select f.id, f.run_key, f.attempt_id, f.kind, f.body
     from fact f join dag_run r on r.run_key = f.run_key
     where r.leader = $1 and f.run_key <> all ($3::bigint[]) order by f.id limit $2`,
    [serviceId, limit, setAside],
    'read_facts',
  );
}

/** Removes what was told of attempts of runs that are over: nobody leads them, so nobody would. Requests stay. */
export async function forgetLateFacts(db: Queryable): Promise<void> {
  await db.query(
    `delete from fact f using dag_run r where r.run_key = f.run_key and r.state in ('success', 'failed')
     and r.leader is null and f.attempt_id is not null
     and f.recorded_at < clock_timestamp() - interval '1 minute'`,
  );
}
