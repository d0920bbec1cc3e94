import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogQuery } from '../api/pod-log-answer.ts';
import { ContainerLog } from './container-log.ts';
import { streamLog } from './log-reader.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const QUERY: LogQuery = {
  container: 'base',
  previous: false,
  follow: false,
  timestamps: false,
  tailLines: undefined,
  limitBytes: undefined,
  since: undefined,
};

let folder = '';
let now = START;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-log-'));
  now = START;
});
afterEach(() => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
  folder = '';
});

function newLog(fileBytes = 1_000_000): ContainerLog {
  return new ContainerLog(join(folder, 'deep', '0.log'), { now: () => now, monotonic: () => now }, fileBytes);
}
const write = (log: ContainerLog, text: string, stream: 'stdout' | 'stderr' = 'stdout'): void =>
  log.append(stream, Buffer.from(text));
async function shown(log: ContainerLog, query: Partial<LogQuery> = {}): Promise<string> {
  let text = '';
  const sink = (piece: string): boolean => {
    text += piece;
    return true;
  };
  await streamLog(log, { ...QUERY, ...query }, sink, new AbortController().signal);
  return text;
}

describe('the log of a container', () => {
  it("is written in the kubelet's format, a record a line", () => {
    const log = newLog();
    write(log, 'one\ntw');
    write(log, 'error\n', 'stderr');
    write(log, 'o\n');
    log.end();
    expect(readFileSync(log.path, 'utf8')).toBe(
      [
        '2026-01-01T00:00:00.000000000Z stdout F one',
        '2026-01-01T00:00:00.000000000Z stderr F error',
        '2026-01-01T00:00:00.000000000Z stdout F two',
        '',
      ].join('\n'),
    );
  });

  it('breaks long lines into pieces and shows them whole, whatever chunks they came in', async () => {
    const log = newLog();
    const line = 'abcdefghij'.repeat(5000);
    for (let at = 0; at < line.length; at += 777) write(log, line.slice(at, at + 777));
    write(log, '\nnext\n');
    log.end();
    expect(await shown(log)).toBe(`${line}\nnext\n`);
    expect(await shown(log, { tailLines: 2 })).toBe(`${line}\nnext\n`);
    expect(await shown(log, { tailLines: 1 })).toBe('next\n');
  });

  it('keeps at most two files, each little longer than its limit, and reads across them', async () => {
    const log = newLog(2000);
    for (let index = 0; index < 1000; index += 1) write(log, `line ${index}\n`);
    expect(log.rotations).toBeGreaterThan(1);
    for (const path of [log.path, log.olderPath]) expect(statSync(path).size).toBeLessThan(2200);
    const lines = (await shown(log)).trimEnd().split('\n');
    const first = Number(lines[0]?.split(' ')[1]);
    expect(lines).toEqual(Array.from({ length: 1000 - first }, (_, index) => `line ${first + index}`));
    expect(lines.length).toBeGreaterThan(30);
    log.end();
  });

  it('is followed across the change of files without a gap, to its end', async () => {
    const log = newLog(2000);
    write(log, 'line 0\n');
    const following = shown(log, { follow: true });
    for (let index = 1; index < 200; index += 1) {
      write(log, `line ${index}\n`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    log.end();
    expect(await following).toBe(Array.from({ length: 200 }, (_, index) => `line ${index}\n`).join(''));
    expect(log.rotations).toBeGreaterThan(1);
  });

  it('can begin at a time', async () => {
    const log = newLog();
    write(log, 'old\n');
    now += 10_000;
    write(log, 'new\n');
    log.end();
    expect(await shown(log, { since: START + 5000 })).toBe('new\n');
    expect(await shown(log, { timestamps: true, since: START + 5000 })).toBe('2026-01-01T00:00:10.000000000Z new\n');
  });
});
