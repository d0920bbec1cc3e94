import type { Failure, FailureClass } from '@gantry/sdk/model';
import { expect, test } from 'vitest';
import { isToldToEnd, withEvidence } from './pod-evidence.ts';

const failure = (failureClass: FailureClass, sentence: string, detail: Failure['detail'] = {}): Failure => ({
  class: failureClass,
  sentence,
  retryable: true,
  detail,
});
const told = failure('disrupted', 'It was told to end.');

test.each<FailureClass>(['storage_limit', 'out_of_memory', 'disrupted', 'timeout'])(
  'a pod that ended as %s says why its worker was told to end, and the report stands beside it',
  (failureClass) => {
    const seen = failure(failureClass, 'The cluster did it.', { node: 'n1' });
    expect(withEvidence(told, seen)).toEqual({ ...seen, detail: { node: 'n1', reported: 'It was told to end.' } });
  },
);

test('an exit code, a missing report, a guess and an end without failure say nothing better than the report', () => {
  for (const seen of [
    null,
    failure('user_error', 'Exit code 1.'),
    failure('no_report', 'No report.'),
    failure('out_of_memory', 'Probably memory.', { isGuess: true }),
  ])
    expect(withEvidence(told, seen)).toBe(told);
});

test('only the report of a worker that was told to end waits for evidence', () => {
  expect(isToldToEnd(told)).toBe(true);
  for (const failureClass of ['user_error', 'timeout', 'killed'] as const)
    expect(isToldToEnd(failure(failureClass, 'x'))).toBe(false);
});
