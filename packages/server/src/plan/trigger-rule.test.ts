import { type TaskState, TRIGGER_RULES, type TriggerRule } from '@gantry/sdk/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countStates } from './run-snapshot.ts';
import { evaluateTriggerRule } from './trigger-rule.ts';

const STATES: { readonly [letter: string]: TaskState } = {
  S: 'success',
  K: 'skipped',
  F: 'failed',
  U: 'upstream_failed',
  R: 'removed',
  '.': 'running',
};

const COLUMNS: readonly TriggerRule[] = [
  'all_success',
  'all_failed',
  'all_done',
  'all_skipped',
  'one_success',
  'one_failed',
  'one_done',
  'none_failed',
  'none_failed_min_one_success',
  'none_skipped',
  'all_done_min_one_success',
];

/**
 * Two upstreams in every pair of states, a column a rule, worked out by hand from Airflow's table.
 * r: run, k: skipped, u: upstream_failed, -: wait.
 */
const PAIRS: { readonly [upstreams: string]: string } = {
  SS: 'r k r k r k r r r r r',
  SK: 'k k r k r k r r r k k',
  SF: 'u k r k r r r u u r r',
  SU: 'u k r k r r r u u r r',
  SR: '- k r k r k r - - r r',
  'S.': '- k - k r - r - - - -',
  KK: 'k k r r k k k r k k k',
  KF: 'u k r k u r r u u k k',
  KU: 'u k r k u r k u u k k',
  KR: 'k k r - u k k - - k k',
  'K.': 'k k - - - - - - - k k',
  FF: 'u r r k u r r u u r u',
  FU: 'u r r k u r r u u r u',
  FR: 'u - r k u r r u u r u',
  'F.': 'u - - k - r r u u - -',
  UU: 'u r r k u r k u u r u',
  UR: 'u - r k u r k u u r u',
  'U.': 'u - - k - r - u u - -',
  RR: '- - r - u k k - - r u',
  'R.': '- - - - - - - - - - -',
  '..': '- - - - - - - - - - -',
};

function verdict(rule: TriggerRule, states: readonly TaskState[]): string {
  const answer = evaluateTriggerRule(rule, countStates(states), states.length);
  if (answer.kind === 'settle') return answer.state === 'skipped' ? 'k' : 'u';
  return answer.kind === 'run' ? 'r' : '-';
}

/** The rules in the words of Airflow's documentation, over the list of states instead of counts. */
const ORACLE: Readonly<Record<TriggerRule, (states: readonly TaskState[]) => string>> = (() => {
  const bad = (state: TaskState): boolean => state === 'failed' || state === 'upstream_failed';
  const is = (wanted: TaskState) => (state: TaskState) => state === wanted;
  const over = (state: TaskState): boolean => state !== 'running';
  const first = (...cases: readonly (readonly [boolean, string])[]): string =>
    cases.find(([holds]) => holds)?.[1] ?? '-';
  return {
    always: () => 'r',
    all_success: (s) => first([s.some(bad), 'u'], [s.some(is('skipped')), 'k'], [s.every(is('success')), 'r']),
    all_failed: (s) => first([s.some(is('success')) || s.some(is('skipped')), 'k'], [s.every(bad), 'r']),
    all_done: (s) => first([s.every(over), 'r']),
    all_skipped: (s) => first([s.some(bad) || s.some(is('success')), 'k'], [s.every(is('skipped')), 'r']),
    one_success: (s) =>
      first([s.some(is('success')), 'r'], [!s.every(over), '-'], [s.every(is('skipped')), 'k'], [true, 'u']),
    one_failed: (s) => first([s.some(bad), 'r'], [s.every(over), 'k']),
    one_done: (s) => first([s.some(is('success')) || s.some(is('failed')), 'r'], [s.every(over), 'k']),
    none_failed: (s) => first([s.some(bad), 'u'], [s.every((one) => one === 'success' || one === 'skipped'), 'r']),
    none_failed_min_one_success: (s) =>
      first(
        [s.some(bad), 'u'],
        [s.every(is('skipped')), 'k'],
        [s.every((one) => one === 'success' || one === 'skipped'), 'r'],
      ),
    none_skipped: (s) => first([s.some(is('skipped')), 'k'], [s.every(over), 'r']),
    all_done_min_one_success: (s) =>
      first([s.some(is('skipped')), 'k'], [!s.every(over), '-'], [s.some(is('success')), 'r'], [true, 'u']),
  };
})();

describe('evaluateTriggerRule', () => {
  it.each(Object.entries(PAIRS))('does what Airflow does with two upstreams in %s', (letters, expected) => {
    const states = [...letters].map((letter) => STATES[letter]!);
    expect(COLUMNS.map((rule) => verdict(rule, states)).join(' ')).toBe(expected);
  });

  it('knows every rule that a task may name', () => {
    expect([...COLUMNS, 'always'].sort()).toEqual([...TRIGGER_RULES].sort());
  });

  it('runs at once without upstreams, whatever the rule', () => {
    for (const rule of TRIGGER_RULES) expect(verdict(rule, [])).toBe('r');
  });

  it('agrees with the rules read over the list of states, for any number of upstreams', () => {
    const states = fc.array(fc.constantFrom(...Object.values(STATES)), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(fc.constantFrom(...TRIGGER_RULES), states, (rule, list) => {
        expect(verdict(rule, list)).toBe(ORACLE[rule](list));
      }),
      { numRuns: 3000 },
    );
  });

  it('does not care about the order of the upstreams', () => {
    const states = fc.array(fc.constantFrom(...Object.values(STATES)), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...TRIGGER_RULES), states, (rule, list) => {
        expect(verdict(rule, [...list].reverse())).toBe(verdict(rule, list));
      }),
    );
  });
});
