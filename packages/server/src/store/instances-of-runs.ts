import type { Queryable } from './database.ts';
import { TASK_INSTANCE_SOURCE, type TaskInstanceRow } from './list-task-instances.ts';

/** Task instances of runs, in the order of the runs' keys and of definition; at most `limit` and one more. */
export async function instancesOfRuns(
  db: Queryable,
  runKeys: readonly number[],
  limit: number,
): Promise<TaskInstanceRow[]> {
  return db.query<TaskInstanceRow>(
    `select ${TASK_INSTANCE_SOURCE.columns} from ${TASK_INSTANCE_SOURCE.from}
     where t.run_key = any ($1::bigint[]) order by ${TASK_INSTANCE_SOURCE.tieBreak} limit $2`,
    [runKeys, limit + 1],
  );
}
