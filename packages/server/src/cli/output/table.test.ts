import pc from 'picocolors';
import { expect, test } from 'vitest';
import { displayWidth, fit, printable } from './printable.ts';
import { table } from './table.ts';

const plain = pc.createColors(false);
const cells = (...texts: string[]) => texts.map((text) => ({ text }));

test('columns are as wide as their widest cell, and numbers stand at the right', () => {
  const text = table(
    [{ title: 'dag' }, { title: 'runs', right: true }],
    [cells('weather', '7'), cells('a', '1234')],
    null,
    plain,
  );
  expect(text).toBe('dag      runs\nweather     7\na        1234\n');
});

test('a table fits the terminal: the widest cells are cut first, ids never', () => {
  const id = 'manual__2026-11-25T07:30:00+00:00';
  const text = table(
    [{ title: 'run', whole: true }, { title: 'why' }],
    [cells(id, 'The container was killed because it used more memory than it may.')],
    60,
    plain,
  );
  const [, row = ''] = text.split('\n');
  expect(row).toContain(id);
  expect(row.endsWith('…')).toBe(true);
  expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(60);
});

test('nothing is cut where there is no terminal', () => {
  const long = 'x'.repeat(500);
  expect(table([{ title: 'value' }], [cells(long)], null, plain)).toContain(long);
});

test('wide letters count two columns, accents none', () => {
  expect(displayWidth('天気')).toBe(4);
  expect(displayWidth('e\u0301')).toBe(1);
  expect(fit('天気予報', 5)).toBe('天気…');
});

test('what others wrote cannot steer the terminal', () => {
  expect(printable('a\u001b[2Jb\u001b]0;title\u0007c\rd\ne\tf')).toBe('abcd\ne\tf');
});
