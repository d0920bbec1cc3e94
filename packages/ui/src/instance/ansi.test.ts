import { expect, test } from 'vitest';
import { ansiParts, plainText } from './ansi.ts';

const shown = (line: string) =>
  ansiParts(line.replaceAll('^', '\u001b')).map(({ text, color, isBold }) => [text, color, isBold]);

test('colours and bold begin and end where the sequences say', () => {
  expect(shown('a ^[32mgreen^[0m ^[1;91mred^[22m thin^[39m end')).toEqual([
    ['a ', null, false],
    ['green', 'green', false],
    [' ', null, false],
    ['red', 'red', true],
    [' thin', 'red', false],
    [' end', null, false],
  ]);
});

test('of 256 and of all colours the nearest is shown, backgrounds are not', () => {
  expect(shown('^[38;5;196mone^[38;2;10;200;220mtwo^[48;5;1;34mthree^[38;2;90;90;95mfour')).toEqual([
    ['one', 'red', false],
    ['two', 'cyan', false],
    ['three', 'blue', false],
    ['four', null, false],
  ]);
});

test('other sequences of terminals leave nothing behind', () => {
  expect(plainText('\u001b[2K\u001b[1Gdone \u001b]8;;https://example.org\u0007link\u001b]8;;\u0007')).toBe('done link');
  expect(shown('^[?25lspin^[K')).toEqual([['spin', null, false]]);
});

test('a sequence that is cut off at the end stays as text, and markup is only text', () => {
  expect(shown('<b>x</b>')).toEqual([['<b>x</b>', null, false]]);
  expect(plainText('cut \u001b[3')).toBe('cut \u001b[3');
});
