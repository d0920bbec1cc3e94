import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type Answer, urlOf } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { mergedProgress } from './merged-progress.ts';

const PATH = '/api/v2/gantry/dags/{dag_id}/dagRuns/{dag_run_id}/progress';
const ROUTE = `GET ${PATH}` as const;
type Progress = Answer<typeof ROUTE>;

/**
 * How a run goes: read at once, then told by the server as it changes. A stream that breaks is opened again by the
 * browser behind the last event; behind it the answer is read again every 30 s, so that nothing is missed for long.
 */
export function useRunProgress(dagId: string, runId: string) {
  const client = useQueryClient();
  const progress = useAnswer(ROUTE, { path: { dag_id: dagId, dag_run_id: runId } });
  const isUnderWay = progress.data?.finished === false && !progress.isPlaceholderData;
  useEffect(() => {
    if (!isUnderWay) return;
    const path = { dag_id: dagId, dag_run_id: runId };
    const key = [ROUTE, { path }];
    const since = client.getQueryData<Progress>(key)?.cursor;
    const source = new EventSource(urlOf(PATH, { path, query: { since } }));
    source.addEventListener('progress', (event: MessageEvent<string>) => {
      const news = JSON.parse(event.data) as Progress;
      const before = client.getQueryData<Progress>(key);
      client.setQueryData<Progress>(key, mergedProgress(before, news));
      // The run's own times are told by its own route.
      if (before?.run_state !== news.run_state)
        client
          .invalidateQueries({ queryKey: ['GET /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}', { path }] })
          .catch(() => undefined);
    });
    return () => source.close();
  }, [client, dagId, runId, isUnderWay]);
  return progress;
}
