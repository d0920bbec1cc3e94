import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesUnder, ROOT } from '../house/source-files.ts';
import { ABUSE_ROWS, HELD_BY } from './abuse-rows.ts';

const TAG = /\[(A\d\d(?: [A-Z]\d{2})*)\]['"`]/g;

/** Rows that tests bear at the end of their names. */
function taggedRows(): ReadonlySet<string> {
  const files = ['packages', 'test'].flatMap((folder) => filesUnder(folder, ['.test.ts', '.suite.ts']));
  const texts = files.map((file) => readFileSync(join(ROOT, file), 'utf8'));
  return new Set(texts.flatMap((text) => [...text.matchAll(TAG)].flatMap(([, ids = '']) => ids.split(' '))));
}

test('each row of the abuse plan has a test, or says why it has none, and never both', () => {
  const tagged = taggedRows();
  const isHeld = (id: string): boolean => tagged.has(id) || HELD_BY[id] !== undefined;
  expect(ABUSE_ROWS.map(({ id }) => id)).toEqual(
    Array.from({ length: 52 }, (_, place) => `A${String(place + 1).padStart(2, '0')}`),
  );
  expect(ABUSE_ROWS.filter(({ id, reason }) => isHeld(id) === (reason !== null)).map(({ id }) => id)).toEqual([]);
  const known = new Set(ABUSE_ROWS.map(({ id }) => id));
  expect([...tagged].filter((id) => id.startsWith('A') && !known.has(id))).toEqual([]);
});

test('each test that is said to hold a row exists under its name', () => {
  const missing = Object.entries(HELD_BY).flatMap(([id, tests]) =>
    tests.filter(([file, name]) => !readFileSync(join(ROOT, file), 'utf8').includes(name)).map((each) => [id, ...each]),
  );
  expect(missing).toEqual([]);
});
