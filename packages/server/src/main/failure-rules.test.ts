import { expect, test } from 'vitest';
import { DEFAULT_RULES } from '../plan/failure-rule.ts';
import { checkSettings } from './config/config.ts';
import { failureRules } from './failure-rules.ts';

function rulesOf(settings: Readonly<Record<string, string>>) {
  const written = Object.entries(settings).map(
    ([name, text]) => [`failures.${name}`, { text, origin: 'a test' }] as const,
  );
  return failureRules(checkSettings(new Map(written)).failures);
}

test('a configuration that says nothing has the rules that the planner takes by itself', () => {
  expect(rulesOf({})).toEqual(DEFAULT_RULES);
});

test('each class takes the action and budget of its own options, and all the same waits', () => {
  const rules = rulesOf({
    image: 'fail',
    disrupted_budget: '9',
    timeout: 'retry_free',
    backoff_first: '1',
    backoff_max: '8',
  });
  const waits = { firstSeconds: 1, factor: 2, maxSeconds: 8 };
  expect(rules.image).toEqual({ action: 'fail', free: { budget: 5, ...waits } });
  expect(rules.disrupted).toEqual({ action: 'retry_free', free: { budget: 9, ...waits } });
  expect(rules.timeout.action).toBe('retry_free');
});

test('an action that does not exist is refused with what is expected', () => {
  expect(() => rulesOf({ image: 'wait' })).toThrow(
    '[failures] image (a test): found "wait", expected one of retry, retry_free, fail.',
  );
});
