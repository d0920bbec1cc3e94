import { createHash } from 'node:crypto';
import type { FreeRetries, TaskSpec } from '@gantry/sdk/model';

/** `[core] max_task_retry_delay`: a day. */
const DEFAULT_MAX_TASK_RETRY_DELAY_SECONDS = 86_400;

/** The try that failed. */
export interface RetriedTry {
  readonly dagId: string;
  readonly runId: string;
  readonly tryNumber: number;
}

/**
 * Seconds from the end of a failed try to the next one. `retryDelay` as it is, or with exponential back-off grown by its
 * factor with each try plus a jitter of up to as much again, capped by `[core] max_task_retry_delay` and by
 * `maxRetryDelay`. The jitter is a hash of the try, so that every reader of the row gets the same. A delay of 0 stays 0.
 * Airflow: TaskInstance.next_retry_datetime.
 */
export function retryDelaySeconds(
  task: Pick<TaskSpec, 'taskId' | 'retryDelaySeconds' | 'retryExponentialBackoff' | 'maxRetryDelaySeconds'>,
  retried: RetriedTry,
  maxTaskRetryDelaySeconds: number = DEFAULT_MAX_TASK_RETRY_DELAY_SECONDS,
): number {
  const { retryDelaySeconds: delay, retryExponentialBackoff: factor, maxRetryDelaySeconds } = task;
  if (delay === 0 || factor === 0) return delay;
  const most = Math.min(maxTaskRetryDelaySeconds, maxRetryDelaySeconds ?? Number.POSITIVE_INFINITY);
  const grown = Math.max(1, Math.ceil(delay * factor ** (retried.tryNumber - 1)));
  // Beyond the cap a jitter changes nothing, and a power that overflowed has no remainder.
  return grown >= most ? most : Math.min(most, grown + (stableHash(task.taskId, retried) % grown));
}

/** Seconds from a failure to the free launch after it, when `used` free retries of its class were spent before. */
export function freeDelaySeconds(
  { firstSeconds, factor, maxSeconds }: FreeRetries,
  used: number,
  maxTaskRetryDelaySeconds: number = DEFAULT_MAX_TASK_RETRY_DELAY_SECONDS,
): number {
  return Math.min(maxTaskRetryDelaySeconds, maxSeconds, firstSeconds === 0 ? 0 : firstSeconds * factor ** used);
}

/** 48 bits, which a number holds exactly. */
function stableHash(taskId: string, { dagId, runId, tryNumber }: RetriedTry): number {
  return createHash('sha256')
    .update(JSON.stringify([dagId, taskId, runId, tryNumber]))
    .digest()
    .readUIntBE(0, 6);
}
