import type { Answer } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import type { GridSearch } from './grid-search.ts';

export type Grid = Answer<'GET /api/v2/gantry/dags/{dag_id}/grid'>;
export type GridRun = Grid['runs'][number];

/** The runs of a DAG by its tasks; grid, graph and gantt of one DAG share the answer. */
export function useGrid(dagId: string, { limit = 25, state, type }: GridSearch) {
  return useAnswer(
    'GET /api/v2/gantry/dags/{dag_id}/grid',
    {
      path: { dag_id: dagId },
      query: {
        limit,
        ...(state === undefined ? {} : { state: [state] }),
        ...(type === undefined ? {} : { run_type: [type] }),
      },
    },
    { isLive: (grid) => grid.runs.some((run) => run.state === 'queued' || run.state === 'running') },
  );
}
