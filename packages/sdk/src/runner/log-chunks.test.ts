import { expect, test } from 'vitest';
import type { LogLine } from '../model/execution-api.ts';
import { countForChunk, MOST_CHUNK_LINES, MOST_LINE_BYTES, tidyText } from './log-chunks.ts';

const lines = (count: number, text: string): LogLine[] =>
  Array.from({ length: count }, () => ({ at: 0, level: 'info', stream: 'stdout', text }));

test('a chunk is bounded by lines and by bytes, and takes at least one line', () => {
  expect(countForChunk([])).toBe(0);
  expect(countForChunk(lines(2000, 'x'))).toBe(MOST_CHUNK_LINES);
  expect(countForChunk(lines(10, 'x'.repeat(100 * 1024)))).toBe(2);
  expect(countForChunk(lines(10, 'ä'.repeat(200 * 1024)))).toBe(1);
});

test('a line is cut by its bytes, at a whole character', () => {
  const cut = tidyText('€'.repeat(40_000));
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(MOST_LINE_BYTES);
  expect(cut).toMatch(/^€+ … \(cut at 64 KiB\)$/);
  expect(tidyText('x'.repeat(MOST_LINE_BYTES))).toHaveLength(MOST_LINE_BYTES);
});
