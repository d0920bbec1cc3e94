import { expect, test } from 'vitest';
import { containersOf, exitText } from './container-facts.ts';

test('an exit code that stands for a signal is told with its name', () => {
  expect(exitText({ name: 'base', exitCode: 137 })).toBe('exit code 137 (SIGKILL)');
  expect(exitText({ name: 'base', exitCode: 3, signal: null })).toBe('exit code 3');
  expect(exitText({ name: 'base', signal: 15 })).toBe('signal 15 (SIGTERM)');
  expect(exitText({ name: 'base', state: 'running' })).toBe('');
});

test('what ran in no pod has no containers', () => {
  expect(containersOf({ exitCode: 1 })).toEqual([]);
  expect(containersOf(undefined)).toEqual([]);
});
