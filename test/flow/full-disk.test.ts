import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type GantryAnswer, gantryAnswer, ledgerLines } from '../support/gantry-processes.ts';

const why = canMount() ? null : 'only root on Linux may mount a disk of its own';
if (why !== null) console.log(`Skipped: what happens on a full disk, since ${why}.`);

const TASKS = 30;

/** Tasks that log so much that the database needs room. */
const talkative = (ledger: string): string => `
import { appendFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dag, task } from '@gantry/sdk';
const tell = (line: string) => appendFileSync(${JSON.stringify(ledger)}, line + '\\n');
export const talk = dag('talk', { isPausedUponCreation: false, maxActiveTasks: 4 }, () => {
  for (let index = 0; index < ${TASKS}; index += 1) {
    task('t' + index, { executor: 'LocalExecutor' }, async (_: void, context) => {
      tell('start ' + context.task.taskId);
      for (let line = 0; line < 300; line += 1) context.log.info(randomBytes(1000).toString('base64'));
      tell('end ' + context.task.taskId);
    })();
  }
});
`;

describe.skipIf(why !== null)(`a full disk${why === null ? '' : ` (${why})`}`, () => {
  let disk = '';
  let beside = '';

  /** A disk of its own, and a folder beside it for what must not fall victim to it. */
  function mounted(mebibytes: number): void {
    beside = mkdtempSync(join(realpathSync(tmpdir()), 'gantry-beside-'));
    disk = mkdtempSync(join(realpathSync(tmpdir()), 'gantry-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', disk]);
    // As root the database runs under another account, which must get in.
    chmodSync(disk, 0o711);
    mkdirSync(join(disk, 'home'));
    mkdirSync(join(beside, 'dags'));
    writeFileSync(join(beside, 'dags', 'talk.ts'), talkative(join(beside, 'ledger')));
  }
  afterEach(() => {
    execFileSync('umount', ['--lazy', disk]);
    rmdirSync(disk);
    rmSync(beside, { recursive: true, force: true });
  });

  let said = '';
  function standalone(...words: readonly string[]): Promise<GantryAnswer> {
    const all = ['standalone', '--port', '0', '--dags-folder', join(beside, 'dags'), ...words];
    said = '';
    return gantryAnswer(join(disk, 'home'), all, {}, (text) => {
      said += text;
    });
  }
  const ledger = (kind: string): string[] =>
    ledgerLines(join(beside, 'ledger')).filter((line) => line.startsWith(`${kind} `));

  test('at the first start is one sentence that names the place', async () => {
    mounted(24);
    const { code, out, err } = await standalone();
    expect(code).toBe(1);
    expect(err).toMatch(/^gantry: [^\n]*disk[^\n]* full[^\n]*\n$/);
    expect(err).toContain(disk);
    expect(out + err).not.toMatch(/\n\s+at /);
  }, 90_000);

  test('in the middle of a run holds it up, and once there is room again the run ends well and every task ran once [F59 D8]', async () => {
    mounted(120);
    const ended = standalone('--dag', 'talk', '--once');
    await expect.poll(() => ledger('end').length, { timeout: 60_000 }).toBeGreaterThan(4);
    const filler = join(disk, 'filler');
    fill(filler);
    await expect.poll(() => said, { timeout: 60_000 }).toContain('The disk of the database is full');
    rmSync(filler);
    const { code, out, err } = await ended;
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`talk succeeded in .*: ${TASKS} tasks\\.`));
    expect(ledger('start').length).toBe(TASKS);
    expect(new Set(ledger('end')).size).toBe(TASKS);
  }, 180_000);
});

function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'gantry-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', ['--lazy', folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}

/** Takes all the room there is. */
function fill(path: string): void {
  for (const bytes of [1024 * 1024, 64 * 1024, 4096]) {
    const block = Buffer.alloc(bytes);
    try {
      for (;;) appendFileSync(path, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
