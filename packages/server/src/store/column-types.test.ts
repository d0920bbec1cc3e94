import { describe, expect, it } from 'vitest';
import { int8, timestamptz } from './column-types.ts';

describe('int8', () => {
  it('is a number up to the largest exact one, and an error beyond it', () => {
    expect(int8('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => int8('9007199254740993')).toThrow(/9007199254740993/);
  });
});

describe('timestamptz', () => {
  it.each([
    ['2026-03-08 02:30:00+00', '2026-03-08T02:30:00.000Z'],
    ['2026-03-08 02:30:00.1+00', '2026-03-08T02:30:00.100Z'],
    ['2026-03-08 02:30:00.123999+00', '2026-03-08T02:30:00.123Z'],
    ['2026-03-08 02:30:00.5+05:30', '2026-03-07T21:00:00.500Z'],
    ['2026-03-08 02:30:00-08', '2026-03-08T10:30:00.000Z'],
    ['infinity', 'infinity'],
  ])('writes %s as %s', (text, expected) => {
    expect(timestamptz(text)).toBe(expected);
  });
});
