import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { checkJson } from './check-json.ts';

describe('a value that is kept', () => {
  test('comes back as JSON would bring it', () => {
    const day = new Date('2026-03-01T00:00:00Z');
    expect(checkJson({ a: [1, 'x', null, true], gone: undefined, day }, 'result')).toEqual({
      ...{ a: [1, 'x', null, true] },
      day: '2026-03-01T00:00:00.000Z',
    });
    expect(checkJson(undefined, 'result')).toBeNull();
  });

  test('may be an object of another realm or without a prototype', () => {
    expect(checkJson(runInNewContext('({ a: [1] })'), 'result')).toEqual({ a: [1] });
    expect(checkJson(Object.assign(Object.create(null), { a: 1 }), 'result')).toEqual({ a: 1 });
  });
});

describe('a value that is no JSON is refused with its place', () => {
  class Table {}
  const circle: { self?: unknown } = {};
  circle.self = circle;
  let deep: unknown = 1;
  for (let level = 0; level < 200; level += 1) deep = [deep];

  test.each([
    [{ a: [0, Number.NaN] }, 'result.a[1] is NaN'],
    [{ a: () => 1 }, 'result.a is a function'],
    [[undefined], 'result[0] is undefined'],
    [10n, 'result is a bigint'],
    [{ s: Symbol('x') }, 'result.s is a symbol'],
    [new Map(), 'result is a Map'],
    [{ t: new Table() }, 'result.t is a Table'],
    [new Date(Number.NaN), 'result is an invalid Date'],
    ['a\0b', 'result is text with a NUL character'],
    [{ 'a\0': 1 }, 'result has a key with a NUL character'],
    [circle, 'result.self is the object that contains it'],
    [deep, 'nested deeper than 100 levels'],
    ['x'.repeat(262_143), 'result is 262145 bytes of JSON; at most 262144 are kept'],
  ])('%#', (value, words) => {
    expect(() => checkJson(value, 'result')).toThrow(words);
  });

  test('but the largest one that is allowed passes', () => {
    expect(checkJson('x'.repeat(262_142), 'result')).toHaveLength(262_142);
  });
});
