import type { Queryable } from './database.ts';

/** How many instances of one task of one DAG version are scheduled, that is, wait for a slot. */
export interface ScheduledCount {
  readonly dagId: string;
  readonly version: number;
  readonly specDigest: string;
  readonly taskIndex: number;
  readonly count: number;
}

/** Counted by task, since the pool of a task stands in its spec, which callers keep. */
export async function countScheduled(db: Queryable): Promise<ScheduledCount[]> {
  return db.query<ScheduledCount>(
    `select r.dag_id as "dagId", r.version, v.spec_digest as "specDigest", t.task_index as "taskIndex", count(*) as count
     from dag_run r
     join dag_version v on v.dag_id = r.dag_id and v.version = r.version
     join task_instance t on t.run_key = r.run_key and t.state = 'scheduled'
     where r.state = 'running'
     group by 1, 2, 3, 4`,
  );
}
