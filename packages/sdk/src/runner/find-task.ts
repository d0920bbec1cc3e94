import { type BundledDag, isBundledDag } from '../model/bundle-face.ts';
import type { TaskFacts } from '../model/execution-api.ts';
import { ConfigurationFault } from './failures.ts';

export interface FoundTask {
  readonly handler: (input: unknown, context: unknown) => unknown;
  /** Task ids that come directly below, in order of definition. */
  readonly downstream: readonly string[];
}

/** Finds the task's function among the exports of the bundle, which are DAGs and lists of DAGs. */
export function findTask(exports: object, task: Pick<TaskFacts, 'dagId' | 'taskId'>): FoundTask {
  const dags = Object.values(exports).flat(1).filter(isBundledDag);
  const dag = dags.find(({ spec }) => spec.dagId === task.dagId);
  if (!dag) {
    const found = dags.map(({ spec }) => `"${spec.dagId}"`).join(', ');
    throw new ConfigurationFault(
      `The bundle exports no DAG "${task.dagId}"; it exports ${found || 'no DAG at all'}. Export the DAG from its file.`,
    );
  }
  const handler = Object.hasOwn(dag.handlers, task.taskId) ? dag.handlers[task.taskId] : undefined;
  if (!handler) {
    throw new ConfigurationFault(
      `The DAG "${task.dagId}" of the bundle has no function for the task "${task.taskId}".`,
    );
  }
  return { handler, downstream: downstreamOf(dag, task.taskId) };
}

function downstreamOf(dag: BundledDag, taskId: string): readonly string[] {
  return dag.spec.tasks.filter(({ upstream }) => upstream.includes(taskId)).map((task) => task.taskId);
}
