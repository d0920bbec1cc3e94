import { useAnswer } from '../api/use-answer.ts';
import { type Instance, pathOf } from './use-instance.ts';

/** Every cause that keeps a task instance from running. */
export function useWhy(instance: Instance) {
  return useAnswer(
    'GET /api/v2/gantry/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/why',
    { path: pathOf(instance), query: { map_index: instance.map_index } },
    { isLive: () => instance.end_date === null || instance.state === 'up_for_retry' },
  );
}
