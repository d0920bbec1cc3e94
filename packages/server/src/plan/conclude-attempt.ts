import type { Failure, FailureClass, TaskSpec } from '@gantry/sdk/model';
import { retryDelaySeconds } from './retry-delay.ts';
import type { Conclusion } from './step.ts';

/** The operator's part of the decision. */
export interface RetryPolicy {
  /** Launches of one try that may be repeated without spending a retry. Default 5. */
  readonly freeRetries: number;
  /** Cap on exponential retry delays. `[core] max_task_retry_delay`, default a day. */
  readonly maxTaskRetryDelaySeconds?: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = { freeRetries: 5 };

/** An attempt that ended, and what its task instance has used up so far. */
export interface EndedAttempt {
  readonly task: TaskSpec;
  readonly dagId: string;
  readonly runId: string;
  readonly tryNumber: number;
  readonly maxTries: number;
  /** Free retries that this try has had already. */
  readonly freeRetries: number;
  /** Null when the attempt did not fail. */
  readonly failure: Failure | null;
  /** The sentence of a task that skipped itself. */
  readonly skippedReason: string | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly policy: RetryPolicy;
}

/** Back-off of free retries: 10 s, doubled with each up to 5 minutes. */
const FREE_RETRY_SECONDS = { first: 10, most: 300 };

/** Whose budget a failure spends. Only the user's own failures spend the user's retries. */
const BUDGETS = {
  user_error: 'user',
  timeout: 'user',
  out_of_memory: 'user',
  storage_limit: 'user',
  no_report: 'user',
  never_started: 'free',
  disrupted: 'free',
  // An image that cannot be pulled or a missing secret may heal; what cannot heal comes with `retryable: false`.
  image: 'free',
  configuration: 'free',
  killed: 'none',
} as const satisfies Record<FailureClass, 'user' | 'free' | 'none'>;

/** Decides what becomes of a task instance whose attempt ended: one class of failure, one durable budget. */
export function concludeAttempt(attempt: EndedAttempt): Conclusion {
  const { failure, skippedReason } = attempt;
  if (failure === null)
    return skippedReason === null ? { kind: 'success' } : { kind: 'skipped', reason: skippedReason };
  if (!failure.retryable) return { kind: 'failed', failure };
  switch (BUDGETS[failure.class]) {
    case 'user':
      return retryByUser(attempt, failure);
    case 'free':
      return retryFree(attempt, failure);
    case 'none':
      return { kind: 'failed', failure };
  }
}

/** Airflow: a retry is left while max_tries is not 0 and try_number <= max_tries. */
function retryByUser(attempt: EndedAttempt, failure: Failure): Conclusion {
  const { task, dagId, runId, tryNumber, maxTries, now, policy } = attempt;
  if (maxTries === 0 || tryNumber > maxTries) return { kind: 'failed', failure };
  const delay = retryDelaySeconds(task, { dagId, runId, tryNumber }, policy.maxTaskRetryDelaySeconds);
  return { kind: 'retry', failure, notBefore: now + delay * 1000 };
}

function retryFree(attempt: EndedAttempt, failure: Failure): Conclusion {
  const { freeRetries, now, policy } = attempt;
  if (freeRetries >= policy.freeRetries) {
    const spent = `It was launched ${freeRetries + 1} times in this try, and the ${policy.freeRetries} free retries are spent.`;
    return { kind: 'failed', failure: { ...failure, sentence: `${failure.sentence} ${spent}` } };
  }
  const delay = Math.min(FREE_RETRY_SECONDS.most, FREE_RETRY_SECONDS.first * 2 ** freeRetries);
  return { kind: 'retry_free', failure, notBefore: now + delay * 1000 };
}
