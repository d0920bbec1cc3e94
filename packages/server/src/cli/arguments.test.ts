import { expect, test } from 'vitest';
import { atLeastOne } from './count-argument.ts';
import { jsonObject } from './json-argument.ts';
import { usageSentence } from './program.ts';
import { timeArgument } from './time-argument.ts';

test('a JSON object is taken, anything else is told by name', () => {
  expect(jsonObject('--conf', '{"a": [1]}')).toEqual({ a: [1] });
  expect(jsonObject('--conf', undefined)).toEqual({});
  expect(() => jsonObject('--conf', '[1]')).toThrow('--conf: expected a JSON object, found a list.');
  expect(() => jsonObject('--conf', 'null')).toThrow('--conf: expected a JSON object, found null.');
  expect(() => jsonObject('--conf', "{a: 'b'}")).toThrow(/^--conf: expected a JSON object, found {a: 'b'} \(/);
});

test('a time is UTC unless it names a zone', () => {
  expect(timeArgument('--logical-date', '2026-11-25')).toBe('2026-11-25T00:00:00.000Z');
  expect(timeArgument('--logical-date', '2026-11-25T07:30')).toBe('2026-11-25T07:30:00.000Z');
  expect(timeArgument('--logical-date', '2026-11-25T07:30:00+02:00')).toBe('2026-11-25T05:30:00.000Z');
  expect(timeArgument('--logical-date', undefined)).toBeUndefined();
  for (const wrong of ['yesterday', '12', '2026-13-45', '']) {
    expect(() => timeArgument('--logical-date', wrong)).toThrow('--logical-date: found');
  }
});

test('a count is a whole number of at least 1', () => {
  expect(atLeastOne('--limit', '25')).toBe(25);
  for (const wrong of ['0', '-1', '1.5', 'ten', ''])
    expect(() => atLeastOne('--limit', wrong)).toThrow('--limit: found');
});

test('a usage error is one sentence, with the likely meaning when there is one', () => {
  expect(usageSentence("error: unknown option '--prot'\n(Did you mean --port?)", 'gantry api-server')).toBe(
    "Unknown option '--prot'; did you mean --port?",
  );
  expect(usageSentence("error: missing required argument 'dag'", 'gantry dags trigger')).toBe(
    "Missing required argument 'dag'; gantry dags trigger --help shows what is expected.",
  );
});
