import type { Answer } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';

export type Instance = Answer<'GET /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}'>;

/** What a tab of the page gets. */
export interface OfInstance {
  readonly instance: Instance;
}

/** The path of every route about one task instance. */
export function pathOf({ dag_id, dag_run_id, task_id }: Instance) {
  return { dag_id, dag_run_id, task_id };
}

/** The attempts of an instance, the newest first. */
export function useAttempts({ dag_id, dag_run_id, task_id, map_index, end_date }: Instance) {
  return useAnswer(
    'GET /api/v2/gantry/attempts',
    { query: { dag_id, dag_run_id, task_id: [task_id], map_index, order_by: ['-queued_at'], limit: 100 } },
    { isLive: ({ attempts }) => end_date === null || attempts.some((attempt) => attempt.ended_at === null) },
  );
}
export type Attempt = Answer<'GET /api/v2/gantry/attempts'>['attempts'][number];
