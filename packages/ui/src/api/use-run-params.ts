import { useAnswer } from './use-answer.ts';

/**
 * The params of a run as its tasks get them: the DAG's defaults, overlaid by what the run was given as params and as
 * conf. The defaults are those of the newest version of the DAG. Undefined until they are read.
 */
export function useRunParams(dagId: string, runId: string): Readonly<Record<string, unknown>> | undefined {
  const dag = useAnswer('GET /api/v2/dags/{dag_id}/details', { path: { dag_id: dagId } });
  const run = useAnswer('GET /api/v2/dags/{dag_id}/dagRuns/{dag_run_id}', {
    path: { dag_id: dagId, dag_run_id: runId },
  });
  if (run.data === undefined || (dag.data === undefined && dag.error === null)) return undefined;
  const defaults = Object.entries(dag.data?.params ?? {}).map(([name, { value }]) => [name, value]);
  return { ...Object.fromEntries(defaults), ...run.data.params, ...run.data.conf };
}
