import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLogLine } from './log-line.ts';
import { PartLog } from './part-log.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-log-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('each start begins a new file and keeps the one before', () => {
  const path = join(folder, 'logs', 'scheduler.log');
  for (const line of ['first', 'second', 'third']) {
    const log = new PartLog(path);
    log.write(line);
    log.close();
  }
  expect(readFileSync(path, 'utf8')).toBe('third\n');
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('second\n');
});

test('two files of a little more than 10 MiB are all that a log takes', () => {
  const log = new PartLog(join(folder, 'scheduler.log'));
  const line = 'x'.repeat(1024 * 1024);
  for (let count = 0; count < 40; count += 1) log.write(line);
  log.close();
  const files = readdirSync(folder);
  expect(files.sort()).toEqual(['scheduler.log', 'scheduler.log.1']);
  for (const file of files) expect(statSync(join(folder, file)).size).toBeLessThan(12 * 1024 * 1024);
});

test('a line after the end of the log is dropped and breaks nothing', () => {
  const log = new PartLog(join(folder, 'scheduler.log'));
  log.close();
  log.write('late');
  expect(readFileSync(log.path, 'utf8')).toBe('');
});

test('a line of JSON becomes its level and its sentence, with the reason where the sentence lacks it', () => {
  expect(readLogLine('{"level":40,"time":"2026-01-02T03:04:05.000Z","msg":"The database is slow."}')).toEqual({
    level: 40,
    text: 'The database is slow.',
    time: '2026-01-02T03:04:05.000Z',
  });
  expect(readLogLine('{"level":50,"msg":"Not stored.","err":{"message":"The disk is full."}}').text).toBe(
    'Not stored. The disk is full.',
  );
});

test('what a dying process leaves is for the file, never a warning on the screen', () => {
  for (const line of ['    at main (file.js:1:2)', '{"level":', '{}', '']) expect(readLogLine(line).level).toBe(30);
});
