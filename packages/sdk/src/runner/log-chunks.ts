import type { LogLine } from '../model/execution-api.ts';
import { withoutNul } from './storable-text.ts';

export const MOST_CHUNK_LINES = 500;
export const MOST_CHUNK_BYTES = 256 * 1024;
export const MOST_LINE_BYTES = 64 * 1024;
/** What a line costs besides its text. */
const LINE_OVERHEAD_BYTES = 64;

export function sizeOf(line: LogLine): number {
  return Buffer.byteLength(line.text) + LINE_OVERHEAD_BYTES;
}

/** How many lines from the front make the next chunk. At least 1 when there is one. */
export function countForChunk(lines: readonly LogLine[]): number {
  let bytes = 0;
  const most = Math.min(lines.length, MOST_CHUNK_LINES);
  for (let count = 0; count < most; count += 1) {
    bytes += sizeOf(lines[count] as LogLine);
    if (bytes > MOST_CHUNK_BYTES) return Math.max(count, 1);
  }
  return most;
}

/** A line's text, cut where it is too long, without what Postgres cannot keep. */
export function tidyText(text: string): string {
  const clean = withoutNul(text);
  if (clean.length * 3 <= MOST_LINE_BYTES || Buffer.byteLength(clean) <= MOST_LINE_BYTES) return clean;
  const note = ' … (cut at 64 KiB)';
  const kept = Buffer.from(clean).subarray(0, MOST_LINE_BYTES - Buffer.byteLength(note));
  return kept.toString('utf8').replace(/\uFFFD+$/, '') + note;
}
