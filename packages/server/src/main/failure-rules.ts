import { POLICY_CLASSES, type PolicyClass } from '@gantry/sdk/model';
import type { OperatorRule, OperatorRules } from '../plan/failure-rule.ts';
import type { Config } from './config/config.ts';

/** The rules of the section `[failures]`: one for each class. */
export function failureRules(failures: Config['failures']): OperatorRules {
  return Object.fromEntries(POLICY_CLASSES.map((name) => [name, ruleOf(failures, name)])) as OperatorRules;
}

function ruleOf(failures: Config['failures'], name: PolicyClass): OperatorRule {
  const free = {
    budget: failures[`${name}_budget`],
    firstSeconds: failures.backoff_first,
    factor: failures.backoff_factor,
    maxSeconds: failures.backoff_max,
  };
  return { action: failures[name], free };
}
