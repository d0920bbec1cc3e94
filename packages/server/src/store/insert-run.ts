import type { JsonObject } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';

/** A run that a person asks for. Times are ISO 8601. */
export interface AskedRun {
  readonly dagId: string;
  readonly runId: string;
  readonly version: number;
  readonly logicalDate: string | null;
  readonly dataIntervalStart: string | null;
  readonly dataIntervalEnd: string | null;
  /** Null: at once, by the database's clock. */
  readonly runAfter: string | null;
  readonly conf: JsonObject;
  readonly params: JsonObject;
  readonly triggeringUser: string;
  readonly note: string | null;
}

/** Makes a queued run; false when the DAG has a run of that id or logical date already. */
export async function insertRun(db: Queryable, run: AskedRun): Promise<boolean> {
  const rows = await db.query(
    `insert into dag_run (dag_id, run_id, version, run_type, logical_date, data_interval_start, data_interval_end,
       run_after, conf, params, triggered_by, triggering_user, note)
     values ($1, $2, $3, 'manual', $4, $5, $6, coalesce($7, clock_timestamp()), $8::jsonb, $9::jsonb, 'rest_api', $10, $11)
     on conflict do nothing
     returning pg_notify('gantry_scheduler', 'runs')`,
    [
      run.dagId,
      run.runId,
      run.version,
      run.logicalDate,
      run.dataIntervalStart,
      run.dataIntervalEnd,
      run.runAfter,
      JSON.stringify(run.conf),
      JSON.stringify(run.params),
      run.triggeringUser,
      run.note,
    ],
  );
  return rows.length > 0;
}
