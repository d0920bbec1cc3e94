import { expect, test } from 'vitest';
import { taken } from './request-rates.ts';

const RATE = { perSecond: 2, burst: 3 };

test('a burst is free, then requests are as many as the rate fills, and what is refused costs nothing', () => {
  let bucket: Parameters<typeof taken>[0];
  const ask = (now: number): number => {
    const step = taken(bucket, RATE, now);
    bucket = step.bucket;
    return step.wait;
  };
  expect([ask(0), ask(0), ask(0), ask(0), ask(0)]).toEqual([0, 0, 0, 1, 1]);
  expect([ask(500), ask(500)]).toEqual([0, 1]);
  expect([ask(10_000), ask(10_000), ask(10_000), ask(10_000)]).toEqual([0, 0, 0, 1]);
});

test('a slow rate tells how long the wait is', () => {
  const { bucket } = taken(undefined, { perSecond: 0.1, burst: 1 }, 0);
  expect(taken(bucket, { perSecond: 0.1, burst: 1 }, 0).wait).toBe(10);
});
