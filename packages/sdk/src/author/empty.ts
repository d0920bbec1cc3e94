import { identifier } from './identifier.ts';
import { openDag } from './open-dag.ts';
import { readTaskOptions, type TaskOptions } from './task-options.ts';
import { type TaskRef, taskRef } from './task-ref.ts';

/** Places a task that does nothing and reaches no executor; good for joining edges. Airflow: EmptyOperator. */
export function empty(taskId: string, options: TaskOptions = {}): TaskRef<null> {
  const id = identifier(taskId, 'task');
  const who = `The task "${id}"`;
  const given = readTaskOptions(options, who);
  const dag = openDag(who);
  const parts = { kind: 'empty', input: null, pod: null, ignoreDownstreamTriggerRules: true } as const;
  return taskRef(dag, dag.addTask(id, parts, given, null));
}
