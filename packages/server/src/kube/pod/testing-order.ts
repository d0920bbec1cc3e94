import type { JsonObject, Order } from '@gantry/sdk/model';
import { BUILT_IN_TEMPLATE } from './built-in-template.ts';
import type { PodBuildLayers } from './pod-layer.ts';

/** A worker's order as the engine makes it, with what a test says differently. */
export function testingOrder(taskOverride: JsonObject | null = null, settings: Partial<Order> = {}): Order {
  return {
    attemptId: '6f1c9a52-6a5e-4a8e-9f53-0a4b1f7d2c11',
    runKey: 7,
    dagId: 'orders',
    runId: 'manual__1',
    taskId: 'load',
    mapIndex: -1,
    tryNumber: 1,
    version: 3,
    executor: 'KubernetesExecutor',
    queue: 'kubernetes',
    priorityWeight: 1,
    bundleDigest: 'd'.repeat(64),
    workload: { kind: 'worker' },
    layers: { templateFile: null, dagOverride: null, taskOverride, retry: null },
    executionTimeoutSeconds: null,
    ...settings,
  };
}

/** The layers of a site that configures nothing, with what a test says differently. */
export function testingLayers(settings: Partial<PodBuildLayers> = {}): PodBuildLayers {
  return {
    deploymentId: 'b5d0c9f2-0a52-4a93-a3c9-6d8c1cf2e7a1',
    namespace: 'gantry',
    executionApiUrl: 'http://gantry-api:8080',
    template: BUILT_IN_TEMPLATE,
    workerImage: null,
    namespaces: { kind: 'one' },
    hook: null,
    policy: 'unrestricted',
    ...settings,
  };
}
