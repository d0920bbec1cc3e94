import { GantryError } from '@gantry/sdk/model';
import type { BuiltPod } from '../../kube/pod/pod-layer.ts';
import { readConfiguration } from '../../main/configuration.ts';
import { findDag, isDagFile } from '../dags/find-dag.ts';
import { printData } from '../output/print-data.ts';
import { printable } from '../output/printable.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import type { TaskInstanceBody } from '../rest/bodies.ts';
import { connect } from '../rest/connect.ts';
import { UsageError } from '../usage-error.ts';
import { explainedLines } from './explained-lines.ts';
import { type AskedPod, type ExplainedPod, previewPod } from './preview-pod.ts';

export interface ExplainOptions {
  readonly run?: string;
  readonly mapIndex: string;
  readonly output: string;
}

/**
 * Prints the pod of a task with the origin of every field. Without --run it needs the DAG file and the configuration
 * only; with it, the pod that the run's last attempt was created with is asked for over REST, and a preview with the
 * run's id takes its place when no server answers or nothing was launched yet, which is told.
 */
export async function explainPod(dag: string, taskId: string, options: ExplainOptions): Promise<void> {
  const { output, run: runId } = options;
  if (output !== 'text' && output !== 'yaml' && output !== 'json')
    throw new UsageError(`--output: found "${output}", expected text, yaml or json.`);
  const asked: AskedPod = {
    dag,
    taskId,
    mapIndex: mapIndexOf(options.mapIndex),
    ...(runId !== undefined && { runId }),
  };
  const { built, title } =
    runId === undefined ? await previewPod(readConfiguration(process.env), asked) : await ofRun(asked, runId);
  const terminal = terminalOf(process.stdout);
  if (output !== 'text') return printData(terminal, output, built);
  const lines = explainedLines(built, {
    title,
    colors: terminal.colors,
    width: terminal.width(),
    folder: process.cwd(),
  });
  terminal.write(`${lines.join('\n')}\n`);
  for (const sentence of built.warnings) tell(`Warning: ${sentence}`);
}

function mapIndexOf(text: string): number {
  const mapIndex = Number(text);
  if (text.trim() !== '' && Number.isInteger(mapIndex) && mapIndex >= -1) return mapIndex;
  throw new UsageError(`--map-index: found "${text}", expected a whole number of at least 0.`);
}

async function ofRun(asked: AskedPod, runId: string): Promise<ExplainedPod> {
  const dagId = isDagFile(asked.dag)
    ? (await findDag(readConfiguration(process.env), asked.dag)).spec.dagId
    : asked.dag;
  const found = await stored(dagId, runId, asked).catch((error: unknown) => {
    if (isWithoutServer(error)) return (error as Error).message;
    throw error;
  });
  if (typeof found !== 'string') return found;
  const explained = await previewPod(readConfiguration(process.env), asked);
  tell(`${found} This is a preview from the DAG file, with the id of the run.`);
  return explained;
}

/** True when there is nobody to ask: what GANTRY_API_URL names was meant, so that a mistake in it is one. */
function isWithoutServer(error: unknown): boolean {
  if (error instanceof GantryError) return error.code === 'unavailable';
  return error instanceof UsageError && !process.env.GANTRY_API_URL;
}

/** The pod of the last attempt, or why there is none yet. */
async function stored(dagId: string, runId: string, { taskId, mapIndex }: AskedPod): Promise<ExplainedPod | string> {
  const client = connect();
  const base = apiPath`dags/${dagId}/dagRuns/${runId}/taskInstances/${taskId}`;
  const instance = await client.send<TaskInstanceBody>(mapIndex < 0 ? base : `${base}/${mapIndex}`);
  if (instance.attempt_id === null) return `Task ${taskId} has no attempt in run ${runId} yet.`;
  const { pod, origins, warnings } = await client.send<BuiltPod>(apiPath`gantry/attempts/${instance.attempt_id}/pod`);
  return {
    built: { pod, origins, warnings },
    title: `As it was created for try ${instance.try_number} in run ${runId}.`,
  };
}

function tell(sentence: string): void {
  terminalOf(process.stderr).write(`${printable(sentence)}\n`);
}
