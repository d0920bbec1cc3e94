import type { Queryable } from './database.ts';

export interface TryAttempt {
  readonly attemptId: string;
  readonly isOpen: boolean;
}

/** The attempts of one try, the oldest first: a try has several when pods of it were lost without its fault. */
export async function readTryAttempts(
  db: Queryable,
  of: { readonly runKey: number; readonly taskIndex: number; readonly mapIndex: number; readonly tryNumber: number },
): Promise<TryAttempt[]> {
  return db.query<TryAttempt>(
    `select id as "attemptId", state in ('queued', 'running') as "isOpen" from attempt
     where run_key = $1 and task_index = $2 and map_index = $3 and try_number = $4 order by queued_at, id`,
    [of.runKey, of.taskIndex, of.mapIndex, of.tryNumber],
    'read_try_attempts',
  );
}
