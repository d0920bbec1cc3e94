import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockHome } from './home-lock.ts';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-lock-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A process that lives until it is killed. */
function living(): ChildProcess & { readonly pid: number } {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  children.push(child);
  return child as ChildProcess & { readonly pid: number };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

test('a home is taken once; the second start is told who has it', () => {
  const other = living();
  lockHome(folder, other.pid);
  expect(() => lockHome(folder, process.pid)).toThrow(
    `Another standalone runs on ${folder} (process ${other.pid}): stop it, or set GANTRY_HOME to another folder.`,
  );
});

test('the lock of a killed process is taken over', async () => {
  const other = living();
  lockHome(folder, other.pid);
  await kill(other);
  lockHome(folder, process.pid);
  expect(readFileSync(join(folder, 'standalone.lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
});

test('a process with the number of a dead holder does not hold its lock', () => {
  const other = living();
  writeFileSync(join(folder, 'standalone.lock'), `${other.pid} started long ago`);
  lockHome(folder, process.pid);
  expect(readFileSync(join(folder, 'standalone.lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
});

test('giving it back leaves nothing, and never takes the lock of another', () => {
  const release = lockHome(folder, process.pid);
  release();
  expect(readdirSync(folder)).toEqual([]);
  const other = living();
  lockHome(folder, other.pid);
  release();
  expect(readdirSync(folder)).toEqual(['standalone.lock']);
});
