import { expect, test } from 'vitest';
import { mendedJson, storableJson } from './storable-text.ts';

const CASES = [
  { value: 'plain \n "text" \\', storable: true },
  { value: 'a backslash and u0000: \\u0000', storable: true },
  { value: 'two backslashes: \\\\u0000', storable: true },
  { value: 'emoji \u{1f600}', storable: true },
  { value: 'nul \u0000', storable: false },
  { value: 'a backslash, then nul: \\\u0000', storable: false },
  { value: 'half \ud83d of a pair', storable: false },
  { value: { 'key \u0000': [1] }, storable: false },
] as const;

test('only texts that jsonb takes are storable, and they stay as they are', () => {
  for (const { value, storable } of CASES) {
    expect(storableJson(value), JSON.stringify(value)).toBe(storable ? JSON.stringify(value) : null);
    if (storable) expect(JSON.parse(mendedJson(value))).toEqual(value);
  }
});

test('mended texts hold the replacement character in place of each that jsonb refuses', () => {
  expect(JSON.parse(mendedJson('a\u0000b\\\u0000\ud83d'))).toBe('a\ufffdb\\\ufffd\ufffd');
  expect(JSON.parse(mendedJson({ 'k\u0000': 1 }))).toEqual({ 'k\ufffd': 1 });
});
