import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memoryKills } from './memory-kills.ts';

test('the kernel’s count of memory kills is read, and null where there is none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-memory-kills-'));
  try {
    writeFileSync(join(folder, 'vmstat'), 'nr_free_pages 5\noom_kill 12\ndrop_slab 0\n');
    writeFileSync(join(folder, 'old'), 'nr_free_pages 5\n');
    expect(['vmstat', 'old', 'missing'].map((name) => memoryKills(join(folder, name)))).toEqual([12, null, null]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
