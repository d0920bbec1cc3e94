import { GantryError } from '@gantry/sdk/model';
import { apiPath } from './api-path.ts';
import type { RunBody } from './bodies.ts';
import { listAll } from './list-all.ts';
import type { RestClient } from './rest-client.ts';

/** The id of the DAG's newest run. Throws not_found when it has none. */
export async function newestRun(client: RestClient, dagId: string): Promise<string> {
  const query = { order_by: ['-run_after', '-queued_at'] };
  const [run] = await listAll<RunBody>(client, apiPath`dags/${dagId}/dagRuns`, 'dag_runs', query, 1);
  if (run !== undefined) return run.dag_run_id;
  throw new GantryError('not_found', `DAG ${dagId} has no run yet; gantry dags trigger ${dagId} makes one.`);
}
