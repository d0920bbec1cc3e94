import type { TaskKind } from '@gantry/sdk/model';

/** What a task is called as people write it in a DAG file. */
const NAMES: Readonly<Record<TaskKind, string>> = {
  task: 'task',
  branch: 'branch',
  short_circuit: 'shortCircuit',
  pod: 'kubernetesPod',
  empty: 'empty',
};

export function operatorName(kind: TaskKind): string {
  return NAMES[kind];
}
