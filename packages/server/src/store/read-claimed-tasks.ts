import type { Queryable } from './database.ts';

/** To which task an attempt belongs. */
export interface ClaimedTask {
  readonly attemptId: string;
  readonly dagId: string;
  readonly taskId: string;
  readonly version: number;
  readonly specDigest: string;
}

/** The tasks of attempts by id; ids without a row are missing in the answer. */
export async function readClaimedTasks(db: Queryable, attemptIds: readonly string[]): Promise<ClaimedTask[]> {
  return db.query<ClaimedTask>(
    `select a.id as "attemptId", a.dag_id as "dagId", a.task_id as "taskId", r.version, v.spec_digest as "specDigest"
     from attempt a join dag_run r on r.run_key = a.run_key
       join dag_version v on v.dag_id = r.dag_id and v.version = r.version
     where a.id = any ($1::uuid[])`,
    [attemptIds],
    'read_claimed_tasks',
  );
}
