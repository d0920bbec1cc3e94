import type { BuiltPod } from '../../kube/pod/pod-layer.ts';
import type { Configuration } from '../../main/configuration.ts';
import { PLACEHOLDERS, PodPreviews } from '../../main/pod-previews.ts';
import { findDag, findTask } from '../dags/find-dag.ts';

/** Whose pod is asked for. */
export interface AskedPod {
  /** An id or a file. */
  readonly dag: string;
  readonly taskId: string;
  /** -1 for a task that is not mapped. */
  readonly mapIndex: number;
  readonly runId?: string;
}

export interface ExplainedPod {
  readonly built: BuiltPod;
  /** Which pod it is, for the first line of the text. */
  readonly title: string;
}

/** The pod from the DAG file and the configuration alone, with placeholders for what only a launch knows. */
export async function previewPod(configuration: Configuration, asked: AskedPod): Promise<ExplainedPod> {
  const { dag, taskId, mapIndex, runId = PLACEHOLDERS.runId } = asked;
  const { spec, folder: dagsFolder, bundleDigest } = await findDag(configuration, dag);
  const previews = await PodPreviews.open(configuration, { dagsFolder });
  const built = await previews.build(previews.order(spec, findTask(spec, taskId), { mapIndex, bundleDigest, runId }));
  const { deploymentId, attemptId } = PLACEHOLDERS;
  const unknown = asked.runId === undefined ? `${runId}, ${deploymentId}` : deploymentId;
  return { built, title: `Preview: ${unknown} and ${attemptId} stand for what a launch fills in.` };
}
