import { GantryError } from '@gantry/sdk/model';
import type { BuiltPod } from '../../kube/pod/pod-layer.ts';
import { readConfiguration } from '../../main/configuration.ts';
import { PodPreviews } from '../../main/pod-previews.ts';
import { findDag, findTask } from '../dags/find-dag.ts';
import { printData } from '../output/print-data.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import type { TaskInstanceBody } from '../rest/bodies.ts';
import { connect } from '../rest/connect.ts';
import { UsageError } from '../usage-error.ts';
import { explainedLines } from './explained-lines.ts';

export interface ExplainOptions {
  readonly run?: string;
  readonly mapIndex: string;
  readonly output: string;
}

/**
 * Prints the pod of a task with the origin of every field. Without --run it needs the DAG file and the configuration
 * only; with it, the pod that the run's last attempt was created with is asked for over REST.
 */
export async function explainPod(dag: string, taskId: string, options: ExplainOptions): Promise<void> {
  const { output, run } = options;
  if (output !== 'text' && output !== 'yaml' && output !== 'json')
    throw new UsageError(`--output: found "${output}", expected text, yaml or json.`);
  const mapIndex = Number(options.mapIndex);
  if (!Number.isInteger(mapIndex) || mapIndex < -1)
    throw new UsageError(`--map-index: found "${options.mapIndex}", expected a whole number of at least 0.`);
  const built = run === undefined ? await preview(dag, taskId, mapIndex) : await stored(dag, taskId, run, mapIndex);
  const terminal = terminalOf(process.stdout);
  if (output !== 'text') return printData(terminal, output, built);
  for (const line of explainedLines(built, terminal.colors, terminal.width())) terminal.write(`${line}\n`);
  for (const sentence of built.warnings) terminalOf(process.stderr).write(`Warning: ${sentence}\n`);
}

async function preview(dag: string, taskId: string, mapIndex: number): Promise<BuiltPod> {
  const configuration = readConfiguration(process.env);
  const { spec, folder: dagsFolder, bundleDigest } = await findDag(configuration, dag);
  const previews = await PodPreviews.open(configuration, { dagsFolder });
  return previews.build(previews.order(spec, findTask(spec, taskId), { mapIndex, bundleDigest }));
}

async function stored(dagId: string, taskId: string, runId: string, mapIndex: number): Promise<BuiltPod> {
  const client = connect();
  const base = apiPath`dags/${dagId}/dagRuns/${runId}/taskInstances/${taskId}`;
  const instance = await client.send<TaskInstanceBody>(mapIndex < 0 ? base : `${base}/${mapIndex}`);
  if (instance.attempt_id === null)
    throw new GantryError(
      'not_found',
      `Task ${taskId} has no attempt in run ${runId} yet; leave --run out for a preview.`,
    );
  const { pod, origins, warnings } = await client.send<BuiltPod>(apiPath`gantry/attempts/${instance.attempt_id}/pod`);
  return { pod, origins, warnings };
}
