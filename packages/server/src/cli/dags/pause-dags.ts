import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import type { DagBody } from '../rest/bodies.ts';
import { connect } from '../rest/connect.ts';

export async function pauseDags(dagIds: readonly string[], isPaused: boolean): Promise<void> {
  const client = connect();
  const { write } = terminalOf(process.stdout);
  for (const dagId of dagIds) {
    const body = { is_paused: isPaused };
    const dag = await client.send<DagBody>(apiPath`dags/${dagId}`, { method: 'PATCH', body });
    write(`${dag.dag_id} is ${dag.is_paused ? 'paused' : 'active'}.\n`);
  }
}
