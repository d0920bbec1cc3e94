import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../house/source-files.ts';
import { ROWS } from './reliability-page.ts';
import { taggedTests } from './tagged-tests.ts';
import { tallyOf } from './test-results.ts';

const TESTS = taggedTests();
const isCovered = (id: string): boolean => TESTS.some(({ ids }) => ids.includes(id));

test('each row is told once, with a sentence', () => {
  expect(new Set(ROWS.map(({ id }) => id)).size).toBe(ROWS.length);
  expect(ROWS.filter(({ sentence }) => !sentence.endsWith('.')).map(({ id }) => id)).toEqual([]);
});

test('every row that the name of a test ends with exists', () => {
  const known = new Set(ROWS.map(({ id }) => id));
  const unknown = TESTS.flatMap(({ file, line, ids }) =>
    ids.filter((id) => !known.has(id)).map((id) => `${file}:${line} names the unknown row ${id}`),
  );
  expect(unknown).toEqual([]);
});

test('every row has a test or a reason for having none', () => {
  expect(ROWS.filter(({ id, reason }) => reason === null && !isCovered(id)).map(({ id }) => id)).toEqual([]);
});

test('docs/reliability.md has every row and calls none uncovered that is; node scripts/write-reliability.mjs writes it', () => {
  const lines = readFileSync(join(ROOT, 'docs/reliability.md'), 'utf8').split('\n');
  const wrong = ROWS.filter(({ id }) => {
    const line = lines.find((text) => text.startsWith(`| ${id} |`));
    return line === undefined || line.includes('| not covered: ') === isCovered(id);
  });
  expect(wrong.map(({ id }) => id)).toEqual([]);
});

test('the result of a table test is that of all its cases, and a test that did not run passes nothing', () => {
  const tagged = { file: 'a/b.test.ts', line: 1, name: 'with $name it holds (%i)', ids: ['F01', 'I02'], isCase: false };
  const result = (name: string, ids: string, status: string) => ({ title: `${name} [${ids}]`, status });
  const assertionResults = [
    { ...result('with one it holds (1)', 'F01 I02', 'passed'), meta: { seeds: 7 } },
    result('with two it holds (2)', 'F01 I02', 'failed'),
    result('with two it holds (2)', 'F01', 'failed'),
    result('with three it holds (3)', 'F01 I02', 'skipped'),
  ];
  const report = { testResults: [{ name: '/x/a/b.test.ts', assertionResults }] };
  expect(tallyOf(tagged, report)).toEqual({ passed: 1, failed: 1, leftOut: 1, seeds: 7 });
  expect(tallyOf({ ...tagged, file: 'a/c.test.ts' }, report)).toEqual({ passed: 0, failed: 0, leftOut: 0, seeds: 0 });
  expect(tallyOf(tagged, null)).toEqual({ passed: 0, failed: 0, leftOut: 0, seeds: 0 });
});
