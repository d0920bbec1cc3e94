import type { JsonObject, Order } from '@gantry/sdk/model';
import { labelSafe } from './label-safe.ts';
import { podName } from './pod-name.ts';

/** Labels that name an attempt's pod; they never change, since selectors use them (rule W13). */
export const POD_LABEL = {
  dagId: 'dag_id',
  taskId: 'task_id',
  runId: 'run_id',
  tryNumber: 'try_number',
  /** Only on mapped task instances: a label value cannot be -1. */
  mapIndex: 'map_index',
  attemptId: 'attempt_id',
  kubernetesExecutor: 'kubernetes_executor',
  deployment: 'gantry_deployment',
} as const;

/** Annotations with the full values, of which labels may hold shortened ones. */
export const POD_ANNOTATION = {
  dagId: 'dag_id',
  taskId: 'task_id',
  runId: 'run_id',
  tryNumber: 'try_number',
  mapIndex: 'map_index',
  attemptId: 'attempt_id',
  /** `worker` or `image`: how the pod's end is to be read, also by a scheduler that did not launch it. */
  workload: 'gantry_workload',
  /** `True` when the log is to be kept before the pod goes. */
  getLogs: 'gantry_get_logs',
  /** Digest of the shape that the pod was made of: by it the pod is found again after it is gone. */
  podShape: 'gantry_pod_shape',
} as const;

/** What makes a pod the pod of one attempt. */
export interface PodIdentity {
  readonly attemptId: string;
  readonly name: string;
  readonly labels: { readonly [name: string]: string };
  readonly annotations: { readonly [name: string]: string };
  /** Digest of its shape; null for a pod that has none. */
  readonly shape: string | null;
}

/** Selects every pod of one deployment's Kubernetes executors: for watch, list and clean-up. */
export function deploymentSelector(deploymentId: string): string {
  return `${POD_LABEL.deployment}=${labelSafe(deploymentId)},${POD_LABEL.kubernetesExecutor}=True`;
}

/** Selects the pod of one attempt. */
export function attemptSelector(deploymentId: string, attemptId: string): string {
  return `${deploymentSelector(deploymentId)},${POD_LABEL.attemptId}=${attemptId}`;
}

/** Name, labels and annotations of the order's pod. */
export function identifyPod(order: Order, deploymentId: string): PodIdentity {
  const mapped = order.mapIndex >= 0;
  const getLogs = order.workload.kind === 'image' && order.workload.pod.getLogs;
  const mapIndex: { readonly [name: string]: string } = mapped ? { map_index: String(order.mapIndex) } : {};
  return {
    attemptId: order.attemptId,
    name: podName(order.dagId, order.taskId, order.attemptId),
    labels: {
      [POD_LABEL.dagId]: labelSafe(order.dagId),
      [POD_LABEL.taskId]: labelSafe(order.taskId),
      [POD_LABEL.runId]: labelSafe(order.runId),
      [POD_LABEL.tryNumber]: String(order.tryNumber),
      ...mapIndex,
      [POD_LABEL.kubernetesExecutor]: 'True',
      [POD_LABEL.deployment]: labelSafe(deploymentId),
      [POD_LABEL.attemptId]: order.attemptId,
    },
    annotations: {
      [POD_ANNOTATION.dagId]: order.dagId,
      [POD_ANNOTATION.taskId]: order.taskId,
      [POD_ANNOTATION.runId]: order.runId,
      [POD_ANNOTATION.tryNumber]: String(order.tryNumber),
      ...mapIndex,
      [POD_ANNOTATION.attemptId]: order.attemptId,
      [POD_ANNOTATION.workload]: order.workload.kind,
      ...(getLogs ? { [POD_ANNOTATION.getLogs]: 'True' } : {}),
    },
    shape: null,
  };
}

/** The identity as metadata of a pod. */
export function identityMetadata(identity: PodIdentity, namespace: string): JsonObject {
  const { name, labels, annotations, shape } = identity;
  const told = shape === null ? annotations : { ...annotations, [POD_ANNOTATION.podShape]: shape };
  return { name, namespace, labels, annotations: told };
}
