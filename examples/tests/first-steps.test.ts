import { simulate } from '@gantry/sdk/testing';
import { expect, test } from 'vitest';
import { flightsBranching } from '../dags/flights_branching.ts';
import { initContainer } from '../dags/init_container.ts';

test('a pod that is lost costs the task no retry, and it succeeds in the next', () => {
  const run = simulate(initContainer, { read_prepared: ['disrupted', 'success'] });
  expect(run.state).toBe('success');
  const { tries, attempts } = run.tasks.read_prepared!;
  expect(tries).toBe(1);
  expect(attempts.map(({ end }) => end)).toEqual(['disrupted', 'success']);
});

test('the flights go one way only', () => {
  const { spec } = flightsBranching;
  const branch = spec.tasks.find(({ kind }) => kind === 'branch')!;
  const [first] = spec.tasks.filter(({ upstream }) => upstream.includes(branch.taskId));
  const run = simulate(flightsBranching, { [branch.taskId]: [{ end: 'success', follow: [first!.taskId] }] });
  expect(run.state).toBe('success');
  expect(run.tasks[first!.taskId]?.state).toBe('success');
  expect(Object.values(run.tasks).some(({ state }) => state === 'skipped')).toBe(true);
});
