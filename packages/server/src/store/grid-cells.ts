import type { TaskState } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';

/** How many instances of a task of a run are in a state; an unmapped task has one. */
export interface GridCell {
  readonly run_key: number;
  readonly task_id: string;
  readonly task_index: number;
  readonly state: TaskState;
  readonly instances: number;
  readonly is_mapped: boolean;
}

/** The instances of some runs, counted by task and state: a mapped task is as small as any other. */
export async function gridCells(db: Queryable, runKeys: readonly number[]): Promise<GridCell[]> {
  return db.query<GridCell>(
    `select run_key, task_id, min(task_index) as task_index, state, count(*) as instances, bool_or(map_index >= 0) as is_mapped
     from task_instance where run_key = any ($1::bigint[]) group by run_key, task_id, state order by task_index`,
    [runKeys],
    'grid_cells',
  );
}
