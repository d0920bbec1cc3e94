import { expect, test } from 'vitest';
import { isDeeper } from './body-depth.ts';

const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}1${']'.repeat(levels)}`);

test('a value is as deep as its lists and objects stand in each other, however wide it is', () => {
  expect([isDeeper(nested(10), 10), isDeeper(nested(11), 10)]).toEqual([false, true]);
  expect(isDeeper({ a: [{ b: 1 }], c: 'text' }, 3)).toBe(false);
  expect(isDeeper({ a: [{ b: 1 }] }, 2)).toBe(true);
  expect(
    isDeeper(
      Array.from({ length: 200_000 }, () => ({})),
      2,
    ),
  ).toBe(false);
  expect([isDeeper(undefined, 0), isDeeper('text', 0), isDeeper(null, 0)]).toEqual([false, false, false]);
  expect(isDeeper(nested(100_000), 200)).toBe(true);
});
