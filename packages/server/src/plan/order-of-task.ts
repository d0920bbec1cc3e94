import type { DagSpec, Order, TaskSpec } from '@gantry/sdk/model';
import { retryRule } from './retry-rule.ts';

/** One attempt of a task, as far as its order depends on it. */
export interface AttemptToOrder {
  readonly spec: DagSpec;
  readonly task: TaskSpec;
  readonly attemptId: string;
  readonly runKey: number;
  readonly runId: string;
  readonly version: number;
  readonly bundleDigest: string;
  readonly executor: string;
  readonly mapIndex: number;
  readonly tryNumber: number;
  /** How often the task ran out of memory in this run. */
  readonly outOfMemory: number;
}

/** The order of an attempt; the same attempt always gives the same order, to the engine and to a preview alike. */
export function orderOfTask(attempt: AttemptToOrder): Order {
  const { spec, task, attemptId, runKey, runId, version, bundleDigest, executor, mapIndex, tryNumber } = attempt;
  return {
    attemptId,
    runKey,
    dagId: spec.dagId,
    runId,
    taskId: task.taskId,
    mapIndex,
    tryNumber,
    version,
    executor,
    queue: task.queue,
    priorityWeight: task.priorityWeight,
    bundleDigest,
    workload: task.pod === null ? { kind: 'worker' } : { kind: 'image', pod: task.pod },
    layers: {
      templateFile: task.podTemplateFile ?? spec.podTemplateFile,
      dagOverride: spec.podOverride,
      taskOverride: task.podOverride,
      retry: retryRule(task, attempt.outOfMemory),
    },
    executionTimeoutSeconds: task.executionTimeoutSeconds,
  };
}
