import type { Answer } from '../api/call.ts';

export type Progress = Answer<'GET /api/v2/gantry/dags/{dag_id}/dagRuns/{dag_run_id}/progress'>;

/** What is known of a run after the news: they hold the instances that changed, and new ones. */
export function mergedProgress(before: Progress | undefined, news: Progress): Progress {
  if (before === undefined) return news;
  const changed = new Map(news.task_instances.map((instance) => [instance.id, instance]));
  const kept = before.task_instances.map((instance) => {
    const now = changed.get(instance.id) ?? instance;
    changed.delete(instance.id);
    return now;
  });
  return { ...news, task_instances: [...kept, ...changed.values()] };
}
