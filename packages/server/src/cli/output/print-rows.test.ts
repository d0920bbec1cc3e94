import pc from 'picocolors';
import { expect, test } from 'vitest';
import { type Column, printRows } from './print-rows.ts';
import type { Terminal } from './terminal.ts';

interface Row {
  readonly id: string;
  readonly tags: readonly string[];
  readonly seconds: number | null;
}

const COLUMNS: readonly Column<Row>[] = [
  { key: 'dag_id', value: (row) => row.id },
  { key: 'tags', value: (row) => row.tags },
  { key: 'took', value: (row) => row.seconds, onlyData: true },
];
const ROWS: readonly Row[] = [{ id: 'weather\nreport', tags: ['a', 'b'], seconds: null }];

async function printed(format: 'table' | 'json' | 'yaml' | 'plain', rows = ROWS): Promise<string> {
  let text = '';
  const terminal: Terminal = {
    write: (part) => {
      text += part;
    },
    colors: pc.createColors(false),
    isLive: false,
    width: () => null,
    height: () => 24,
  };
  await printRows(terminal, format, COLUMNS, rows, 'There are none.');
  return text;
}

test('a table has a title a column and one line a row', async () => {
  expect(await printed('table')).toBe('dag id          tags\nweather report  a, b\n');
});

test('plain is tab-separated and without titles, and nothing when there is nothing', async () => {
  expect(await printed('plain')).toBe('weather report\ta, b\n');
  expect(await printed('plain', [])).toBe('');
});

test('JSON and YAML hold every field with its own type', async () => {
  const expected = [{ dag_id: 'weather\nreport', tags: ['a', 'b'], took: null }];
  expect(JSON.parse(await printed('json'))).toEqual(expected);
  expect(JSON.parse(await printed('json', []))).toEqual([]);
  const { parse } = await import('yaml');
  expect(parse(await printed('yaml'))).toEqual(expected);
});

test('an empty table is a sentence', async () => {
  expect(await printed('table', [])).toBe('There are none.\n');
});
