import type { Json } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';

/** A task of a run, by the task's place in the spec. */
export interface ResultPlace {
  readonly runKey: number;
  readonly taskIndex: number;
}

/** The `return_value` of unmapped tasks, in one statement for a whole batch of claims. What is missing has none. */
export async function readResults(
  db: Queryable,
  places: readonly ResultPlace[],
): Promise<(ResultPlace & { readonly value: Json })[]> {
  return db.query(
    `select x.run_key as "runKey", x.task_index as "taskIndex", x.value
     from unnest($1::bigint[], $2::integer[]) as asked (run_key, task_index)
     join xcom x on x.run_key = asked.run_key and x.task_index = asked.task_index
       and x.map_index = -1 and x.key = 'return_value'`,
    [places.map((place) => place.runKey), places.map((place) => place.taskIndex)],
    'read_results',
  );
}
