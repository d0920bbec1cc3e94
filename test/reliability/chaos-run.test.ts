import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../house/source-files.ts';
import { ended } from '../support/gantry-processes.ts';

const PROGRAM = join(ROOT, 'packages/server/bin/gantry.mjs');

interface Campaign {
  readonly seed: number;
  readonly runs: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly invariants: readonly {
    readonly invariant: string;
    readonly checked: number;
    readonly violations: string[];
  }[];
}

let home: string;
let environment: NodeJS.ProcessEnv;
let standalone: ChildProcess;
let output = '';
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'gantry-chaos-'));
  // As root the database runs under another account, which must get in.
  chmodSync(home, 0o755);
  environment = { PATH: process.env.PATH, HOME: home, GANTRY_HOME: home, GANTRY__DAG_PROCESSOR__REFRESH_INTERVAL: '1' };
  standalone = spawn(process.execPath, [PROGRAM, 'standalone', '--port', '0'], { env: environment });
  for (const stream of [standalone.stdout!, standalone.stderr!])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  await expect.poll(() => existsSync(join(home, 'connection.json')), { timeout: 90_000 }).toBe(true);
}, 100_000);
afterEach(async (context) => {
  if (context.task.result?.state === 'fail') console.error(output);
  await ended(standalone, 'SIGTERM');
  rmSync(home, { recursive: true, force: true });
}, 60_000);

const chaos = (...words: string[]) =>
  new Promise<{ readonly code: unknown; readonly out: string; readonly err: string }>((resolve) => {
    execFile(process.execPath, [PROGRAM, 'chaos', 'run', ...words], { env: environment }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    ).stdin!.end();
  });

test('gantry chaos run does faults to a standalone deployment, finds its promises kept and leaves no file; without --yes it does nothing', async () => {
  const refused = await chaos();
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toContain('add --yes to say that it is a development deployment');
  const { code, out, err } = await chaos('--yes', '--minutes', '0.3', '--seed', '3', '--output', 'json');
  const { seed, runs, faults, invariants } = JSON.parse(out || '{}') as Campaign;
  expect({ code, broken: invariants?.filter(({ violations }) => violations.length > 0) }, err).toEqual({
    code: 0,
    broken: [],
  });
  expect(seed).toBe(3);
  expect(runs).toBeGreaterThan(0);
  expect(Object.keys(faults).length).toBeGreaterThan(1);
  const checked = new Map(invariants.map(({ invariant, checked: count }) => [invariant, count]));
  for (const id of ['I01', 'I02', 'I03', 'I05', 'I06', 'I09', 'I11', 'I13', 'I17', 'I24', 'I27', 'I36', 'I40']) {
    expect(checked.get(id), id).toBeGreaterThan(0);
  }
  expect(readdirSync(join(home, 'dags'))).toEqual([]);
}, 240_000);
