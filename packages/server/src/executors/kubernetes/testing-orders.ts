import { randomUUID } from 'node:crypto';
import type { Order, PodTaskSpec } from '@gantry/sdk/model';
import { DEFAULT_KUBERNETES_OPTIONS, type KubernetesExecutorOptions } from './kubernetes-options.ts';

/** Options of a test's executor; its deployment is its own, so that tests may share a cluster. */
export function testingOptions(changes: Partial<KubernetesExecutorOptions> = {}): KubernetesExecutorOptions {
  return {
    ...DEFAULT_KUBERNETES_OPTIONS,
    deploymentId: randomUUID(),
    executionApiUrl: 'http://127.0.0.1:1',
    dagsFolder: '/nowhere',
    unprovenImageSeconds: 0,
    ...changes,
  };
}

export function workerOrder(changes: Partial<Order> = {}): Order {
  return {
    attemptId: randomUUID(),
    runKey: 1,
    dagId: 'orders',
    runId: 'manual__1',
    taskId: 'load',
    mapIndex: -1,
    tryNumber: 1,
    version: 1,
    executor: 'KubernetesExecutor',
    queue: null,
    priorityWeight: 1,
    bundleDigest: 'd'.repeat(64),
    workload: { kind: 'worker' },
    layers: { templateFile: null, dagOverride: null, taskOverride: null, retry: null },
    executionTimeoutSeconds: null,
    ...changes,
  };
}

/** An order that runs a command in a container of its own. Each is a task of its own, since compiled pods are per task. */
export function imageOrder(
  command: readonly string[],
  pod: Partial<PodTaskSpec> = {},
  changes: Partial<Order> = {},
): Order {
  const whole: PodTaskSpec = { image: 'busybox', command, args: null, env: {}, getLogs: true, ...pod };
  return workerOrder({
    taskId: `image-${randomUUID().slice(0, 8)}`,
    workload: { kind: 'image', pod: whole },
    ...changes,
  });
}

/** The same order, whose override sends its pod to this namespace. */
export function inNamespace(order: Order, namespace: string): Order {
  return { ...order, layers: { ...order.layers, taskOverride: { metadata: { namespace } } } };
}
