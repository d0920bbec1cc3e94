import type { Order } from '@gantry/sdk/model';
import { afterEach, expect, test } from 'vitest';
import { workerOrder } from '../kubernetes/testing-orders.ts';
import { lackOf, PutOffLaunches } from './put-off-launches.ts';

let putOff: PutOffLaunches;
afterEach(() => putOff.close());

/** Launches that cannot start while `lacks.now` says why. */
function launches(): { tried: string[]; lacks: { now: string | null } } {
  const tried: string[] = [];
  const lacks: { now: string | null } = { now: 'no files' };
  putOff = new PutOffLaunches(async ({ attemptId }: Order) => {
    tried.push(attemptId);
    return lacks.now;
  });
  return { tried, lacks };
}

const ORDERS = ['a', 'b', 'c'].map((id) => ({ ...workerOrder(), attemptId: id }));

test('while the first cannot start no other is tried, and then all start in their order', async () => {
  const { tried, lacks } = launches();
  for (const order of ORDERS) putOff.add(order, 'no files');
  lacks.now = 'no memory';
  await putOff.once();
  expect(tried).toEqual(['a']);
  expect([putOff.count, putOff.lack]).toEqual([3, 'no memory']);
  lacks.now = null;
  await putOff.once();
  expect(tried).toEqual(['a', 'a', 'b', 'c']);
  expect(putOff.count).toBe(0);
});

test('what was dropped is not started any more', async () => {
  const { tried, lacks } = launches();
  for (const order of ORDERS) putOff.add(order, 'no files');
  putOff.drop('b');
  lacks.now = null;
  await putOff.once();
  expect(tried).toEqual(['a', 'c']);
});

test('only what the machine may have again is waited for, with a sentence that says what to do', () => {
  launches();
  for (const code of ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'])
    expect(lackOf(Object.assign(new Error('spawn'), { code }))).toMatch(
      /^No worker can be started, since .+: (raise|lower)/,
    );
  expect(lackOf(Object.assign(new Error('spawn'), { code: 'ENOENT' }))).toBeNull();
  expect(lackOf(new Error('other'))).toBeNull();
});
