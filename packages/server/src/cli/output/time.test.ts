import { expect, test } from 'vitest';
import { duration, shortTime } from './time.ts';

test('durations are short and never less precise than a reader needs', () => {
  const told = [0, 0.04, 9.94, 9.96, 59.4, 59.6, 185, 7380].map(duration);
  expect(told).toEqual(['0.0 s', '0.0 s', '9.9 s', '10 s', '59 s', '1 min 00 s', '3 min 05 s', '2 h 03 min']);
  expect(duration(null)).toBe('');
});

test('times are in UTC without fractions', () => {
  expect(shortTime('2026-11-25T07:40:01.123456+00:00')).toBe('2026-11-25T07:40:01Z');
  expect(shortTime('2026-11-25T07:40:01.123Z')).toBe('2026-11-25T07:40:01Z');
  expect(shortTime(null)).toBe('');
});
