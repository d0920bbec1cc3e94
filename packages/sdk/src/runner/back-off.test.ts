import { expect, test } from 'vitest';
import { backOffMilliseconds } from './back-off.ts';

test('the wait doubles to a bound, and a random half of it keeps workers apart', () => {
  expect([1, 2, 3, 7, 100].map((tries) => backOffMilliseconds(tries, 1))).toEqual([100, 200, 400, 5000, 5000]);
  expect([1, 100].map((tries) => backOffMilliseconds(tries, 0))).toEqual([50, 2500]);
});
