import { describe, expect, it } from 'vitest';
import { logChunks } from './log-keeper.ts';

describe('the kept log of an image', () => {
  it('has the kubelet’s times and numbered chunks', () => {
    const text = Array.from({ length: 1001 }, (_, at) => `2026-01-01T00:00:01.5Z line ${at}\n`).join('');
    const chunks = logChunks(text, 7);
    expect(chunks.map(({ chunk, lines }) => [chunk, lines.length])).toEqual([
      [1, 1000],
      [2, 1],
    ]);
    expect(chunks[1]?.lines).toEqual([
      { at: Date.parse('2026-01-01T00:00:01.5Z'), level: 'info', stream: 'stdout', text: 'line 1000' },
    ]);
  });

  it('is its last mebibyte, from the beginning of a line', () => {
    const line = `2026-01-01T00:00:01Z ${'x'.repeat(1000)}`;
    const kept = logChunks(`${line}\n`.repeat(2000), 7).flatMap(({ lines }) => lines);
    expect(kept.length).toBeGreaterThan(1000);
    expect(kept.length).toBeLessThan(1030);
    expect(kept.every(({ text }) => text === 'x'.repeat(1000))).toBe(true);
  });

  it('takes lines without a time and characters that Postgres cannot keep', () => {
    expect(logChunks('odd \u0000 line\n', 7)).toMatchObject([
      { chunk: 1, lines: [{ at: 7, text: 'odd \uFFFD line' }] },
    ]);
    expect(logChunks('', 7)).toEqual([]);
  });
});
