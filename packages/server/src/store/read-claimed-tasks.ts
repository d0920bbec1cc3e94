import type { Queryable } from './database.ts';

/** To which task an attempt belongs. */
export interface ClaimedTask {
  readonly attemptId: string;
  readonly dagId: string;
  readonly taskId: string;
}

/** The tasks of attempts by id; ids without a row are missing in the answer. */
export async function readClaimedTasks(db: Queryable, attemptIds: readonly string[]): Promise<ClaimedTask[]> {
  return db.query<ClaimedTask>(
    `select id as "attemptId", dag_id as "dagId", task_id as "taskId" from attempt where id = any ($1::uuid[])`,
    [attemptIds],
    'read_claimed_tasks',
  );
}
