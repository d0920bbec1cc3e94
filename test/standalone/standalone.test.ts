import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../house/source-files.ts';

const PROGRAM = join(ROOT, 'packages/server/bin/gantry.mjs');
const DEADLINE_MILLISECONDS = 120_000;

const HELLO = `import { dag, task } from '@gantry/sdk';
const measure = task('measure', async () => ({ celsius: 21 }));
const report = task('report', async (input: { celsius: number }, context) => {
  context.log.info('It is %d degrees.', input.celsius);
});
export const hello = dag('hello', {}, () => {
  report({ celsius: measure().field('celsius') });
});
`;
const BROKEN = `import { dag, task } from '@gantry/sdk';
const fall = task('fall', async () => {
  throw new Error('the roof is open');
});
export const broken = dag('broken', {}, () => {
  fall();
});
`;

let home: string;
let dags: string;
const running = new Set<Gantry>();

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gantry-standalone-'));
  // As root the database runs under another account, which must get in.
  chmodSync(home, 0o755);
  dags = join(home, 'my-dags');
  mkdirSync(dags);
  writeFileSync(join(dags, 'hello.ts'), HELLO);
  writeFileSync(join(dags, 'broken.ts'), BROKEN);
});
afterEach(async () => {
  for (const gantry of running) gantry.child.kill('SIGTERM');
  await Promise.all([...running].map((gantry) => gantry.ended));
  rmSync(home, { recursive: true, force: true });
});

interface Gantry {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly output: () => string;
  /** Resolves when the output holds the text; rejects when the process ends or two minutes pass without it. */
  readonly says: (text: string) => Promise<void>;
}

function gantry(...words: readonly string[]): Gantry {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, GANTRY_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const says = (wanted: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        listeners.delete(look);
        settle();
      };
      const look = (): void => {
        if (text.includes(wanted)) end(resolve);
      };
      const timer = setTimeout(
        () => end(() => reject(new Error(`no "${wanted}" in:\n${text}`))),
        DEADLINE_MILLISECONDS,
      );
      listeners.add(look);
      void ended.then(() => end(() => reject(new Error(`ended without "${wanted}":\n${text}`))));
      look();
    });
  const started = { child, ended, output: () => text, says };
  running.add(started);
  void ended.then(() => running.delete(started));
  return started;
}

const standalone = (...words: readonly string[]): Gantry =>
  gantry('standalone', '--dags-folder', dags, '--port', '0', ...words);

async function outputOf(...words: readonly string[]): Promise<string> {
  const { ended, output } = gantry(...words);
  expect([words, await ended, output()]).toEqual([words, 0, expect.any(String)]);
  return output();
}

/** Processes that standalone has started and not yet seen ended, by its own records. */
function recordedProcesses(): number[] {
  const folder = join(home, 'run', 'processes');
  const postmaster = join(home, 'postgres', 'data', 'postmaster.pid');
  return [
    ...(existsSync(folder) ? readdirSync(folder).map(Number) : []),
    ...(existsSync(postmaster) ? [Number(readFileSync(postmaster, 'utf8').split('\n')[0])] : []),
  ];
}

/** True while the process runs; one that only waits to be collected does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
  return !/\) [ZX] /.test(stat);
}

async function allEnded(pids: readonly number[]): Promise<void> {
  const end = Date.now() + DEADLINE_MILLISECONDS;
  while (pids.some(isAlive) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(pids.filter(isAlive)).toEqual([]);
}

test('one command runs a DAG with a pod a task, ends with its outcome and leaves nothing behind', async () => {
  const first = standalone('--dag', 'hello', '--once');
  await first.says('KubernetesExecutor, LocalExecutor');
  const pids = recordedProcesses();
  expect(pids.length).toBe(4);
  expect(await first.ended).toBe(0);
  const output = first.output();
  expect(output).toMatch(/measure is success \(pod hello-measure-\w+, /);
  expect(output).toMatch(/report is success \(pod hello-report-\w+, /);
  expect(output).toMatch(/hello succeeded in .*: 2 tasks in 2 pods\./);
  expect(output).toMatch(/Sign in as admin with the password \S+; it is shown this once\./);
  expect(output.trimEnd().endsWith('Everything is stopped.')).toBe(true);
  await allEnded(pids);
  expect(existsSync(join(home, 'connection.json'))).toBe(false);
  expect(existsSync(join(home, 'standalone.lock'))).toBe(false);
}, 180_000);

test('a run that fails is told with its reason and the command for its log, and is the exit code', async () => {
  const broken = standalone('--dag', 'broken', '--once');
  expect(await broken.ended).toBe(1);
  expect(broken.output()).toMatch(/broken failed in /);
  expect(broken.output()).toContain('the roof is open');
  expect(broken.output()).toMatch(/gantry tasks logs broken fall --run manual__/);
}, 180_000);

test('beside a standalone the commands work, a second one is refused, and a killed one is cleared away', async () => {
  const first = standalone('--dag', 'hello');
  await first.says('Ctrl-C stops everything.');
  const connection = join(home, 'connection.json');
  expect(statSync(connection).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await outputOf('dags', 'list', '-o', 'json'))).toMatchObject([
    { dag_id: 'broken' },
    { dag_id: 'hello', is_paused: false },
  ]);
  expect(await outputOf('tasks', 'logs', 'hello', 'report')).toBe('It is 21 degrees.\n');
  expect(await outputOf('tasks', 'states-for-dag-run', 'hello', '-o', 'plain')).toMatch(
    /^measure\tsuccess\t1\t[\d.]+ s\thello-measure-/,
  );
  expect(await outputOf('dags', 'trigger', 'hello', '--follow')).toMatch(/hello succeeded in /);
  expect((await outputOf('dags', 'list-runs', 'hello', '-o', 'plain')).trim().split('\n').length).toBe(2);

  const second = standalone();
  expect(await second.ended).toBe(2);
  expect(second.output()).toContain(
    `gantry: Another standalone runs on ${home} (process ${first.child.pid}): stop it, or set GANTRY_HOME to another folder.`,
  );
  expect(existsSync(connection)).toBe(true);

  const left = recordedProcesses();
  first.child.kill('SIGKILL');
  await first.ended;
  const third = standalone('--dag', 'hello', '--once');
  expect([await third.ended, third.output()]).toEqual([0, expect.stringContaining('hello succeeded')]);
  expect(third.output()).not.toContain('the password');
  await allEnded(left);
}, 300_000);
