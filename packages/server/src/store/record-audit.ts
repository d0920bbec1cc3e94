import type { JsonObject } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';

/** Who changes something, and by what that is known. */
export interface AuditActor {
  /** Null: nobody is known, as after a sign-in that failed for an unknown name. */
  readonly username: string | null;
  readonly credential: 'session' | 'token' | 'cli' | 'sign_in';
  /** The address that the request came from; null without a request. */
  readonly address: string | null;
}

/** What was changed. No secret ever stands in `before` or `after`. */
export interface AuditChange {
  /** Airflow's name for it: `patch_dag`, `trigger_dag_run`, ... */
  readonly event: string;
  readonly dagId?: string | undefined;
  readonly runId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly mapIndex?: number | undefined;
  readonly tryNumber?: number | undefined;
  /** What of it is no DAG: the name of a pool, variable, connection or account. */
  readonly object?: string | undefined;
  readonly before?: JsonObject | undefined;
  readonly after?: JsonObject | undefined;
}

/** Writes what changed. Must run in the transaction of the change, so that neither stands without the other. */
export async function recordAudit(tx: Queryable, actor: AuditActor, changes: readonly AuditChange[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.query(
    `insert into audit_log (username, credential, address, event, dag_id, run_id, task_id, map_index, try_number, object, before, after)
     select $1, $2, $3, c.event, c."dagId", c."runId", c."taskId", c."mapIndex", c."tryNumber", c.object, c.before, c.after
     from jsonb_to_recordset($4::jsonb) as c (event text, "dagId" text, "runId" text, "taskId" text, "mapIndex" integer,
       "tryNumber" integer, object text, before jsonb, after jsonb)`,
    [actor.username, actor.credential, actor.address, JSON.stringify(changes)],
    'record_audit',
  );
}
