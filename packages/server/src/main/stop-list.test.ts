import { expect, test } from 'vitest';
import { StopList } from './stop-list.ts';

const ORDER = ['scheduler', 'cluster', 'database'] as const;

test('everything is stopped in the given order, each after the one before has ended, and once', async () => {
  const told: string[] = [];
  const list = new StopList(ORDER);
  for (const what of ['database', 'scheduler', 'cluster'] as const) {
    list.add(what, 1000, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      told.push(`${what} is gone`);
    });
  }
  expect(await list.stopAll((what) => told.push(`${what} stops`))).toEqual([]);
  expect(told).toEqual(ORDER.flatMap((what) => [`${what} stops`, `${what} is gone`]));
  expect(await list.stopAll(() => told.push('again'))).toEqual([]);
  expect(told).not.toContain('again');
});

test('a stop that fails or hangs is told and holds up none', async () => {
  const list = new StopList(ORDER);
  let stopped = false;
  list.add('database', 1000, async () => {
    stopped = true;
  });
  list.add('cluster', 20, () => new Promise(() => undefined));
  list.add('scheduler', 1000, async () => {
    throw new Error('no');
  });
  expect(await list.stopAll(() => undefined)).toEqual([
    'scheduler did not stop cleanly: no',
    'cluster did not stop within 0.02 s.',
  ]);
  expect(stopped).toBe(true);
});
