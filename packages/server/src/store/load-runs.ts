import type { AttemptState, Failure, Json } from '@gantry/sdk/model';
import type { InstanceChange } from './commit-steps.ts';
import type { Queryable } from './database.ts';
import type { RunRow as ListedRun } from './list-runs.ts';

export interface RunRow
  extends Pick<
    ListedRun,
    'run_key' | 'dag_id' | 'run_id' | 'version' | 'run_type' | 'state' | 'logical_date' | 'start_date' | 'conf'
  > {
  readonly fence: number;
}

export interface InstanceRow extends InstanceChange {
  readonly id: string;
}

export interface OpenAttemptRow {
  readonly id: string;
  readonly run_key: number;
  readonly task_index: number;
  readonly map_index: number;
  readonly state: AttemptState;
  readonly executor: string;
  readonly workload: 'worker' | 'image';
  readonly started: boolean;
  /** A user or a time-out took it from its task instance; it is on its way out. */
  readonly stopping: boolean;
  readonly queued_at: string;
  readonly pending_failure: Failure | null;
  readonly pending_until: string | null;
  readonly place: { readonly [key: string]: Json } | null;
}

export interface LoadedRuns {
  readonly runs: readonly RunRow[];
  readonly instances: readonly InstanceRow[];
  readonly attempts: readonly OpenAttemptRow[];
}

/** Reads runs that this scheduler leads, with instances and open attempts: three statements whatever their number. */
export async function loadRuns(db: Queryable, serviceId: string, runKeys: readonly number[]): Promise<LoadedRuns> {
  const runs = await db.query<RunRow>(
    `select run_key, dag_id, run_id, version, run_type, state, logical_date, start_date, fence, conf
     from dag_run where run_key = any ($2) and leader = $1`,
    [serviceId, runKeys],
    'load_runs',
  );
  const keys = runs.map((run) => run.run_key);
  if (keys.length === 0) return { runs, instances: [], attempts: [] };
  const instances = await db.query<InstanceRow>(
    `select run_key, task_index, map_index, id, state, try_number, max_tries, attempt_id, not_before, failures, reason, skips
     from task_instance where run_key = any ($1) order by run_key, task_index, map_index`,
    [keys],
    'load_instances',
  );
  const attempts = await db.query<OpenAttemptRow>(
    `select id, run_key, task_index, map_index, state, executor, workload, started_at is not null as started,
       stop_sentence is not null as stopping, queued_at, place, pending_failure, pending_until
     from attempt where run_key = any ($1) and state in ('queued', 'running')`,
    [keys],
    'load_open_attempts',
  );
  return { runs, instances, attempts };
}
