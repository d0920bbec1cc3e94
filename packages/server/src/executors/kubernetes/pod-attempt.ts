import type { KubePod } from '../../kube/kube-pod.ts';
import { labelSafe } from '../../kube/pod/label-safe.ts';
import { POD_ANNOTATION, POD_LABEL } from '../../kube/pod/pod-labels.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Which attempt a pod is, as its labels and annotations say. */
export interface PodAttempt {
  readonly attemptId: string;
  readonly workload: 'worker' | 'image';
  readonly getLogs: boolean;
  readonly podShape: string | null;
}

/** Reads the attempt of a pod that carries our labels; a sentence when they are not as we set them. Never throws. */
export function readPodAttempt(pod: KubePod): PodAttempt | string {
  const attemptId = pod.labels[POD_LABEL.attemptId];
  if (attemptId === undefined || !UUID.test(attemptId)) {
    return `Pod ${pod.name} carries our labels, but its label ${POD_LABEL.attemptId} is ${JSON.stringify(attemptId ?? null)}, not an attempt id.`;
  }
  const workload = pod.annotations[POD_ANNOTATION.workload];
  if (workload !== 'worker' && workload !== 'image') {
    return `Pod ${pod.name} carries our labels, but its annotation ${POD_ANNOTATION.workload} is ${JSON.stringify(workload ?? null)}, not worker or image.`;
  }
  const getLogs = pod.annotations[POD_ANNOTATION.getLogs] === 'True';
  return { attemptId, workload, getLogs, podShape: pod.annotations[POD_ANNOTATION.podShape] ?? null };
}

/** True for the pod of this attempt, launched by this deployment. */
export function isPodOf(pod: KubePod, attemptId: string, deploymentId: string): boolean {
  return pod.labels[POD_LABEL.attemptId] === attemptId && pod.labels[POD_LABEL.deployment] === labelSafe(deploymentId);
}
