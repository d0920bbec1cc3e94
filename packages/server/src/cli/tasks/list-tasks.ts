import type { OutputFormat } from '../output/output-format.ts';
import { type Column, printRows } from '../output/print-rows.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';

interface TaskBody {
  readonly task_id: string;
  readonly operator_name: string;
  readonly task_group_id: string | null;
  readonly trigger_rule: string;
  readonly upstream_task_ids: readonly string[];
  readonly downstream_task_ids: readonly string[];
  readonly retries: number;
  readonly pool: string;
  readonly queue: string | null;
  readonly executor: string | null;
}

export async function listTasks(dagId: string, options: { readonly output: OutputFormat }): Promise<void> {
  const { tasks } = await connect().send<{ readonly tasks: readonly TaskBody[] }>(apiPath`dags/${dagId}/tasks`);
  const columns: Column<TaskBody>[] = [
    { key: 'task_id', value: (task) => task.task_id, whole: true },
    { key: 'operator', value: (task) => task.operator_name, title: 'kind' },
    { key: 'trigger_rule', value: (task) => task.trigger_rule },
    { key: 'retries', value: (task) => task.retries, right: true },
    { key: 'upstream_task_ids', value: (task) => task.upstream_task_ids, title: 'after' },
    { key: 'downstream_task_ids', value: (task) => task.downstream_task_ids, onlyData: true },
    { key: 'task_group_id', value: (task) => task.task_group_id, onlyData: true },
    { key: 'pool', value: (task) => task.pool, onlyData: true },
    { key: 'queue', value: (task) => task.queue, onlyData: true },
    { key: 'executor', value: (task) => task.executor, onlyData: true },
  ];
  await printRows(terminalOf(process.stdout), options.output, columns, tasks, 'The DAG has no tasks.');
}
