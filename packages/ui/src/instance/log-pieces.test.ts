import { expect, test } from 'vitest';
import { plainText } from './ansi.ts';
import { logPieces } from './log-pieces.ts';

const shown = (line: string, find = '') =>
  logPieces(line, plainText(line), find).map(({ text, color, href, isHit }) => [
    text,
    ...(color === null ? [] : [color]),
    ...(href === null ? [] : [href]),
    ...(isHit ? ['hit'] : []),
  ]);

test('what is looked for is found as it is written, also across colours and in any case', () => {
  expect(shown('a.*b A.\u001b[31m*B\u001b[0m axxb', 'a.*b')).toEqual([
    ['a.*b', 'hit'],
    [' '],
    ['A.', 'hit'],
    ['*B', 'red', 'hit'],
    [' axxb'],
  ]);
});

test('links are those of the web alone, without the sentence around them', () => {
  expect(shown('see https://example.org/a?b=c#d).')).toEqual([
    ['see '],
    ['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d'],
    [').'],
  ]);
  expect(shown('javascript:alert(1) file:///etc/passwd')).toEqual([['javascript:alert(1) file:///etc/passwd']]);
});

test('a hit inside a link leaves the whole link to follow', () => {
  expect(shown('https://example.org/x', 'org')).toEqual([
    ['https://example.', 'https://example.org/x'],
    ['org', 'https://example.org/x', 'hit'],
    ['/x', 'https://example.org/x'],
  ]);
});
