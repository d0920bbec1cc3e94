import { expect, test } from 'vitest';
import { paramKind, parsedJson } from './param-kind.ts';

test('a param has the field that its schema asks for, and is JSON where no field fits', () => {
  expect(paramKind({ enum: ['a', 'b'] })).toBe('choice');
  expect(paramKind({ type: 'boolean' })).toBe('yes or no');
  expect(paramKind({ type: 'integer' })).toBe('whole number');
  expect(paramKind({ type: 'string' })).toBe('text');
  for (const schema of [{}, { type: ['string', 'null'] }, { type: 'array' }, { enum: [null, {}] }])
    expect(paramKind(schema)).toBe('json');
});

test('a text that is no JSON is told why', () => {
  expect(parsedJson('{"a": [1]}')).toEqual({ value: { a: [1] } });
  expect(parsedJson('{"a": x}')).toEqual({ fault: expect.stringContaining("'x'") });
});
