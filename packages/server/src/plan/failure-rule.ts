import {
  type FailureClass,
  type FailurePolicy,
  type FailureRule,
  type FreeRetries,
  POLICY_CLASSES,
  type PolicyClass,
} from '@gantry/sdk/model';

/** The operator's rule for a class. The numbers count also where only a DAG says `retry_free`. */
export interface OperatorRule {
  readonly action: FailureRule['action'];
  readonly free: FreeRetries;
}
export type OperatorRules = { readonly [Name in PolicyClass]: OperatorRule };

/** A rule of which nothing is left open. */
export type FullRule = { readonly action: 'retry' | 'fail' } | ({ readonly action: 'retry_free' } & FreeRetries);

/** 10 s before the first free retry, twice as long before each further one, up to 5 minutes. */
const DEFAULT_FREE_RETRIES: FreeRetries = { budget: 5, firstSeconds: 10, factor: 2, maxSeconds: 300 };

/**
 * Only the task's own failures spend the user's retries. An image that cannot be pulled or a missing secret may heal; what
 * cannot heal comes with `retryable: false` and fails whatever the rule is.
 */
const DEFAULT_ACTIONS: { readonly [Name in PolicyClass]: FailureRule['action'] } = {
  user_error: 'retry',
  timeout: 'retry',
  out_of_memory: 'retry',
  storage_limit: 'retry',
  no_report: 'retry',
  never_started: 'retry_free',
  disrupted: 'retry_free',
  image: 'retry_free',
  configuration: 'retry_free',
};

/** What is done where nobody says otherwise; the defaults of `[failures]`. */
export const DEFAULT_RULES = Object.fromEntries(
  POLICY_CLASSES.map((name) => [name, { action: DEFAULT_ACTIONS[name], free: DEFAULT_FREE_RETRIES }]),
) as OperatorRules;

/** The rule for a class of failure: the task's, which holds its DAG's, over the operator's. */
export function failureRule(name: FailureClass, rules: OperatorRules, ofTask: FailurePolicy | undefined): FullRule {
  // What was stopped on request is never repeated by itself.
  if (name === 'killed') return { action: 'fail' };
  const { action, free } = rules[name];
  const rule: FailureRule = ofTask?.[name] ?? { action };
  return rule.action === 'retry_free' ? { ...free, ...rule } : rule;
}
