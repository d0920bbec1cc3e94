import { expect, test } from 'vitest';
import { attemptPhases } from './attempt-phases.ts';
import type { Attempt } from './use-instance.ts';

const NOW = Date.parse('2026-03-01T06:01:00Z');
const at = (second: number): string => `2026-03-01T06:00:${String(second).padStart(2, '0')}Z`;
const attempt = (times: Partial<Attempt>): Attempt =>
  ({
    queued_at: at(0),
    claimed_at: null,
    started_at: null,
    reported_at: null,
    ended_at: null,
    ...times,
  }) as Attempt;
const shown = (times: Partial<Attempt>) =>
  attemptPhases(attempt(times), NOW).map(({ name, seconds }) => [name, seconds]);

test('the phases of an attempt stand one behind the other, and what took no time is left out', () => {
  expect(shown({ claimed_at: at(4), started_at: at(4), reported_at: at(14), ended_at: at(15) })).toEqual([
    ['Starting', 4],
    ['Running', 10],
    ['Ending', 1],
  ]);
});

test('the present phase goes on until now', () => {
  expect(shown({ claimed_at: at(4), started_at: at(6) })).toEqual([
    ['Starting', 4],
    ['Worker starts', 2],
    ['Running', 54],
  ]);
});

test('an attempt that never started only waited', () => {
  expect(shown({ ended_at: at(30) })).toEqual([['Starting', 30]]);
});
