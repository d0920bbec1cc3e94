import type { RequestedTask, RequestFact } from '@gantry/sdk/model';
import { instancesOfRuns } from '../../store/instances-of-runs.ts';
import type { TaskInstanceRow } from '../../store/list-task-instances.ts';
import { type Asked, askScheduler } from './ask-scheduler.ts';
import type { RestParts } from './rest-parts.ts';
import { taskInstanceBodies } from './task-instance-routes.ts';

/** Sends one request a run for the chosen instances; answers them as they are when it was applied, in Airflow's shape. */
export async function requestInstances(
  parts: RestParts,
  rows: readonly TaskInstanceRow[],
  requestOf: (tasks: readonly RequestedTask[]) => RequestFact,
) {
  const tasksOf = new Map<number, RequestedTask[]>();
  for (const row of rows) {
    const tasks = tasksOf.get(row.run_key) ?? [];
    tasks.push({ taskId: row.task_id, mapIndex: row.map_index });
    tasksOf.set(row.run_key, tasks);
  }
  const asked: Asked[] = [...tasksOf].map(([runKey, tasks]) => ({ runKey, request: requestOf(tasks) }));
  await askScheduler(parts, asked, parts.options.requestWaitMilliseconds);
  const ids = new Set(rows.map(({ id }) => id));
  const now = await instancesOfRuns(parts.database, [...tasksOf.keys()], Number.MAX_SAFE_INTEGER - 1);
  return instanceListBody(
    parts,
    now.filter(({ id }) => ids.has(id)),
  );
}

export async function instanceListBody({ code }: RestParts, rows: readonly TaskInstanceRow[]) {
  return { task_instances: await taskInstanceBodies(rows, code), total_entries: rows.length };
}
