import { expect, test } from 'vitest';
import { StopStack } from './stop-stack.ts';

test('what was started last is stopped first, each after the one before has ended', async () => {
  const told: string[] = [];
  const stack = new StopStack();
  for (const what of ['database', 'cluster', 'scheduler']) {
    stack.push(what, 1000, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      told.push(`${what} is gone`);
    });
  }
  expect(await stack.unwind((what) => told.push(`${what} stops`))).toEqual([]);
  expect(told).toEqual([
    'scheduler stops',
    'scheduler is gone',
    'cluster stops',
    'cluster is gone',
    'database stops',
    'database is gone',
  ]);
  expect(await stack.unwind(() => told.push('again'))).toEqual([]);
  expect(told).not.toContain('again');
});

test('a stop that fails or hangs is told and holds up none', async () => {
  const stack = new StopStack();
  let stopped = false;
  stack.push('database', 1000, async () => {
    stopped = true;
  });
  stack.push('cluster', 20, () => new Promise(() => undefined));
  stack.push('scheduler', 1000, async () => {
    throw new Error('no');
  });
  expect(await stack.unwind(() => undefined)).toEqual([
    'scheduler did not stop cleanly: no',
    'cluster did not stop within 0.02 s.',
  ]);
  expect(stopped).toBe(true);
});
