import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeLeftovers } from './leftovers.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const LOAD = /^load-(\d+)-/;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-leftovers-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function leave(name: string, ageMinutes: number): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'bundle.mjs'), '');
  const seconds = NOW / 1000 - ageMinutes * 60;
  utimesSync(join(folder, name), seconds, seconds);
}

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

test('what a killed process left is removed; what is young, another thing, or of a living process stays', async () => {
  const dead = await deadProcess();
  leave(`load-${dead}-a`, 11);
  leave(`load-${dead}-young`, 9);
  leave(`load-${process.pid}-b`, 11);
  leave(`other-${dead}-c`, 11);
  expect(removeLeftovers(folder, LOAD, NOW)).toBe(1);
  expect(readdirSync(folder).sort()).toEqual([`load-${dead}-young`, `load-${process.pid}-b`, `other-${dead}-c`].sort());
});

test('a folder that is not there has nothing left in it', () => {
  expect(removeLeftovers(join(folder, 'none'), LOAD, NOW)).toBe(0);
});
