import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { apiPath } from '../rest/api-path.ts';
import type { TaskInstanceBody } from '../rest/bodies.ts';
import { listAll } from '../rest/list-all.ts';
import type { RestClient } from '../rest/rest-client.ts';

/**
 * Files that tasks of a run name in a result of the form `{ files: [path, ...] }`. A path of a pod is looked for in
 * `outputFolder`, where the claim that pods write to lies on this machine.
 */
export async function producedFiles(
  client: RestClient,
  { dagId, runId }: { readonly dagId: string; readonly runId: string },
  outputFolder: string | null,
): Promise<string[]> {
  const path = apiPath`dags/${dagId}/dagRuns/${runId}/taskInstances`;
  const tasks = await listAll<TaskInstanceBody>(client, path, 'task_instances');
  const found = await Promise.all(tasks.map(({ task_id: taskId }) => filesOf(client, dagId, runId, taskId)));
  return found.flat().map((file) => {
    const onThisMachine = outputFolder === null ? file : join(outputFolder, basename(file));
    return existsSync(onThisMachine) ? onThisMachine : file;
  });
}

async function filesOf(client: RestClient, dagId: string, runId: string, taskId: string): Promise<string[]> {
  const path = apiPath`dags/${dagId}/dagRuns/${runId}/taskInstances/${taskId}/xcomEntries/return_value`;
  const entry = await client.send<{ readonly value: unknown }>(path).catch(() => null);
  const files = (entry?.value as { readonly files?: unknown } | null | undefined)?.files;
  return Array.isArray(files) ? files.filter((file) => typeof file === 'string') : [];
}
