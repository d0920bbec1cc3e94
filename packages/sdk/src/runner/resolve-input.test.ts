import { expect, test } from 'vitest';
import { resolveInput } from './resolve-input.ts';

test('wires take what the task above returned, and null where the path ends or a name is only inherited', () => {
  const wire = (taskId: string, ...path: string[]) =>
    resolveInput({ kind: 'wire', taskId, path }, { a: { b: [1, { c: 2 }] }, n: null });
  expect(wire('a', 'b', '1', 'c')).toBe(2);
  expect([wire('a', 'x'), wire('a', 'b', '9'), wire('n', 'x'), wire('none')]).toEqual([null, null, null, null]);
  expect([wire('a', 'toString'), wire('constructor')]).toEqual([null, null]);
});
