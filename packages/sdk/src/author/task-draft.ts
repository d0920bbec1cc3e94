import type { TaskSpec } from '../model/index.ts';
import type { TaskSettings } from './task-options.ts';

/** What the kinds of tasks differ in. */
export type TaskParts = Pick<TaskSpec, 'kind' | 'input' | 'pod' | 'ignoreDownstreamTriggerRules'>;

/** A task while its DAG is still being built; the upstreams are known when it is complete. */
export type TaskDraft = Omit<TaskSpec, 'upstream'>;

export function taskDraft(taskId: string, groupId: string | null, parts: TaskParts, settings: TaskSettings): TaskDraft {
  return {
    kind: parts.kind,
    taskId,
    groupId,
    input: parts.input,
    owner: settings.owner,
    retries: settings.retries,
    retryDelaySeconds: settings.retryDelay,
    retryExponentialBackoff: settings.retryExponentialBackoff,
    maxRetryDelaySeconds: settings.maxRetryDelay,
    executionTimeoutSeconds: settings.executionTimeout,
    ...(Object.keys(settings.onFailure).length === 0 ? {} : { onFailure: settings.onFailure }),
    ...(settings.onOom === null ? {} : { onOom: settings.onOom }),
    triggerRule: settings.triggerRule,
    dependsOnPast: settings.dependsOnPast,
    pool: settings.pool,
    poolSlots: settings.poolSlots,
    priorityWeight: settings.priorityWeight,
    maxActiveTisPerDag: settings.maxActiveTisPerDag,
    maxActiveTisPerDagrun: settings.maxActiveTisPerDagrun,
    executor: settings.executor,
    queue: settings.queue,
    podTemplateFile: settings.executorConfig.podTemplateFile,
    podOverride: settings.executorConfig.podOverride,
    pod: parts.pod,
    ignoreDownstreamTriggerRules: parts.ignoreDownstreamTriggerRules,
    docMd: settings.docMd,
  };
}
