import type { RunState } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';
import { TASK_INSTANCE_SOURCE, type TaskInstanceRow } from './list-task-instances.ts';

export interface RunProgress {
  /** Names the moment up to which this is known; hand it in as `since` the next time. */
  readonly cursor: string;
  readonly state: RunState;
  readonly reason: string | null;
  readonly instances: readonly TaskInstanceRow[];
}

/**
 * How a run stands, and its instances that changed since the cursor (all without one), in order of definition. Null
 * when there is no such run.
 *
 * A cursor is the oldest transaction that was under way at the last look: what it or a younger one wrote may be new.
 * So nothing is missed, nothing but the rows themselves is kept, and a row may come again.
 */
export async function readRunProgress(
  db: Queryable,
  dagId: string,
  runId: string,
  since: string | null,
): Promise<RunProgress | null> {
  const [run] = await db.query<{ run_key: number; state: RunState; reason: string | null; cursor: string }>(
    `select run_key, state, reason, pg_snapshot_xmin(pg_current_snapshot())::text as cursor
     from dag_run where dag_id = $1 and run_id = $2`,
    [dagId, runId],
    'read_run_progress',
  );
  if (run === undefined) return null;
  const instances = await db.query<TaskInstanceRow>(
    `select ${TASK_INSTANCE_SOURCE.columns} from ${TASK_INSTANCE_SOURCE.from}
     where t.run_key = $1 and ($2::text is null
       or age(t.xmin) <= age(($2::text::xid8)::xid) or age(a.xmin) <= age(($2::text::xid8)::xid))
     order by t.task_index, t.map_index`,
    [run.run_key, since],
    'read_run_progress_instances',
  );
  return { cursor: run.cursor, state: run.state, reason: run.reason, instances };
}
