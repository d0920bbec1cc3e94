import type { Failure, FailureCounts, FreeRetries, TaskSpec } from '@gantry/sdk/model';
import { DEFAULT_RULES, failureRule, type OperatorRules } from './failure-rule.ts';
import { freeDelaySeconds, retryDelaySeconds } from './retry-delay.ts';
import type { Conclusion } from './step.ts';

/** The operator's part of the decision. */
export interface RetryPolicy {
  /** Rules of `[failures]`, under those of the DAG and the task. */
  readonly rules: OperatorRules;
  /** Cap on every retry delay. `[scheduler] max_task_retry_delay`, default a day. */
  readonly maxTaskRetryDelaySeconds?: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = { rules: DEFAULT_RULES };

/** An attempt that ended, and what its task instance has used up so far. */
export interface EndedAttempt {
  readonly task: TaskSpec;
  readonly dagId: string;
  readonly runId: string;
  readonly tryNumber: number;
  readonly maxTries: number;
  /** What happened to the task instance before this attempt. */
  readonly failures: FailureCounts;
  /** Null when the attempt did not fail. */
  readonly failure: Failure | null;
  /** The sentence of a task that skipped itself. */
  readonly skippedReason: string | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly policy: RetryPolicy;
}

/** Decides what becomes of a task instance whose attempt ended: one class of failure, one rule, one durable budget. */
export function concludeAttempt(attempt: EndedAttempt): Conclusion {
  const { failure, skippedReason, policy, task } = attempt;
  if (failure === null)
    return skippedReason === null ? { kind: 'success' } : { kind: 'skipped', reason: skippedReason };
  if (!failure.retryable) return { kind: 'failed', failure };
  const rule = failureRule(failure.class, policy.rules, task.onFailure);
  switch (rule.action) {
    case 'retry':
      return retryByUser(attempt, failure);
    case 'retry_free':
      return retryFree(attempt, failure, rule);
    case 'fail':
      return failure.class === 'killed'
        ? { kind: 'failed', failure }
        : giveUp(failure, `Failures of class ${failure.class} are not repeated: their rule is "fail".`);
  }
}

/** Airflow: a retry is left while max_tries is not 0 and try_number <= max_tries. */
function retryByUser(attempt: EndedAttempt, failure: Failure): Conclusion {
  const { task, dagId, runId, tryNumber, maxTries, now, policy } = attempt;
  if (maxTries === 0) {
    if (failure.class !== 'out_of_memory' || task.onOom === undefined) return { kind: 'failed', failure };
    return giveUp(failure, 'onOom would give the next try more memory, but the task has no retries.');
  }
  if (tryNumber > maxTries) return giveUp(failure, `It was try ${tryNumber}: ${spent(maxTries, 'retry', 'retries')}.`);
  const delay = retryDelaySeconds(task, { dagId, runId, tryNumber }, policy.maxTaskRetryDelaySeconds);
  return { kind: 'retry', failure, notBefore: now + delay * 1000 };
}

function retryFree(attempt: EndedAttempt, failure: Failure, rule: FreeRetries): Conclusion {
  const { failures, now, policy } = attempt;
  const used = failures[failure.class]?.free ?? 0;
  if (used >= rule.budget) {
    const times = used === 0 ? 'once' : `${used + 1} times`;
    const budget =
      used === 0
        ? 'this class has no free retries'
        : spent(used, 'free retry of this class', 'free retries of this class');
    return giveUp(failure, `It was ${failure.class} ${times} in this try: ${budget}.`);
  }
  const delay = freeDelaySeconds(rule, used, policy.maxTaskRetryDelaySeconds);
  return { kind: 'retry_free', failure, notBefore: now + delay * 1000 };
}

function spent(count: number, one: string, many: string): string {
  return count === 1 ? `the one ${one} is spent` : `the ${count} ${many} are spent`;
}

/** The sentence of a failure that is final says which budget was spent and how. */
function giveUp(failure: Failure, why: string): Conclusion {
  return { kind: 'failed', failure: { ...failure, sentence: `${failure.sentence} ${why}` } };
}
