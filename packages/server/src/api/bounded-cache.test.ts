import { expect, test } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

test('what was used longest ago goes first when the weights pass the bound', () => {
  const cache = new BoundedCache<string>(10);
  cache.set('a', 'A', 4);
  cache.set('b', 'B', 4);
  cache.get('a');
  cache.set('c', 'C', 4);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['A', undefined, 'C']);
});

test('what is heavier than the bound is not kept and drives nothing out', () => {
  const cache = new BoundedCache<string>(10);
  cache.set('a', 'A', 4);
  cache.set('b', 'B', 11);
  expect([cache.get('a'), cache.get('b')]).toEqual(['A', undefined]);
});

test('a value that is replaced weighs once', () => {
  const cache = new BoundedCache<string>(10);
  for (let times = 0; times < 5; times += 1) cache.set('a', 'A', 6);
  cache.set('b', 'B', 4);
  expect([cache.get('a'), cache.get('b')]).toEqual(['A', 'B']);
});
