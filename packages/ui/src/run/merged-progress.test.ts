import { expect, test } from 'vitest';
import { mergedProgress, type Progress } from './merged-progress.ts';

const progress = (cursor: string, states: Readonly<Record<string, string>>): Progress =>
  ({
    cursor,
    run_state: 'running',
    reason: null,
    finished: false,
    task_instances: Object.entries(states).map(([id, state]) => ({ id, state })),
  }) as unknown as Progress;

test('news change what is known in its place, and add what is new behind it', () => {
  const merged = mergedProgress(
    progress('1', { a: 'running', b: 'queued' }),
    progress('2', { c: 'queued', a: 'success' }),
  );
  expect(merged.cursor).toBe('2');
  expect(merged.task_instances.map(({ id, state }) => [id, state])).toEqual([
    ['a', 'success'],
    ['b', 'queued'],
    ['c', 'queued'],
  ]);
});

test('the first news are all that is known', () => {
  const first = progress('1', { a: 'running' });
  expect(mergedProgress(undefined, first)).toBe(first);
});
