import type { OutputFormat } from '../output/output-format.ts';
import { type Column, printRows } from '../output/print-rows.ts';
import { stateColor } from '../output/state-color.ts';
import { terminalOf } from '../output/terminal.ts';
import { nameOf } from '../progress/run-picture.ts';
import type { TaskInstanceBody } from '../rest/bodies.ts';

export interface TouchedBody {
  readonly task_instances: readonly TaskInstanceBody[];
}

/** Prints task instances that a command would change or has changed. */
export async function printTouched(
  output: OutputFormat,
  instances: readonly TaskInstanceBody[],
  whenEmpty: string,
): Promise<void> {
  const terminal = terminalOf(process.stdout);
  const state = (task: TaskInstanceBody): string => task.state ?? 'none';
  const columns: Column<TaskInstanceBody>[] = [
    { key: 'dag_run_id', value: (task) => task.dag_run_id, title: 'run' },
    { key: 'task_id', value: (task) => task.task_id, shown: nameOf, title: 'task', whole: true },
    {
      key: 'state',
      value: (task) => task.state,
      shown: state,
      paint: (task) => stateColor(terminal.colors, state(task)),
    },
    { key: 'try_number', value: (task) => task.try_number, title: 'try', right: true },
    { key: 'map_index', value: (task) => task.map_index, onlyData: true },
  ];
  await printRows(terminal, output, columns, instances, whenEmpty);
}

/** `3 task instances`. */
export function counted(instances: readonly unknown[]): string {
  return `${instances.length} task instance${instances.length === 1 ? '' : 's'}`;
}
