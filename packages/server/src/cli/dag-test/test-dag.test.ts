import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../../bin/gantry.mjs', import.meta.url));
const LONG = 60_000;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-dag-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(words: readonly string[]) {
  const child = spawn(process.execPath, [PROGRAM, 'dags', ...words], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      GANTRY_HOME: folder,
      GANTRY__DATABASE__URL: 'postgres://x:sesame@h/d',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  return { child, ended, out: () => out };
}

function dagFile(name: string, body: string): void {
  writeFileSync(
    join(folder, name),
    `import { branch, chain, dag, empty, kubernetesPod, task } from '@gantry/sdk';\n${body}`,
  );
}

/** The lines of one task, without their times. */
function linesOf(out: string, taskId: string): string[] {
  return out
    .split('\n')
    .filter((line) => line.startsWith(`${taskId} `))
    .map((line) =>
      line
        .slice(taskId.length)
        .trim()
        .replace(/[\d.]+ s/g, 'N s'),
    );
}

test('a whole DAG runs with its wires, params, variables, branches and logs, and succeeds', {
  timeout: LONG,
}, async () => {
  dagFile(
    'whole.ts',
    `const pick = branch('pick', async (_: unknown, context) => {
  context.log.info('size %d in %s', context.params.size, await context.variables.get('place'));
  return 'left';
});
const left = task('left', async () => ({ found: 3 }));
const right = task('right', async () => ({ found: 4 }));
const sum = task('sum', { triggerRule: 'none_failed_min_one_success' }, async (input: { a: { found: number } }) => {
  console.log('found', input.a.found);
});
export const whole = dag('whole', { params: { size: 1 } }, () => {
  const [a, b] = [left(), right()];
  chain(pick(), [a, b]);
  chain(b, sum({ a }));
});`,
  );
  writeFileSync(join(folder, 'variables.json'), '{"place": "Oslo"}');
  const ended = await start(['test', 'whole.ts', '--conf', '{"size": 7}', '--variables', 'variables.json']).ended;
  expect(ended).toMatchObject({ code: 0, err: '' });
  expect(linesOf(ended.out, 'pick')).toEqual(['running', '| size 7 in Oslo', 'success (N s)']);
  expect(linesOf(ended.out, 'right')).toEqual([expect.stringMatching(/^skipped/)]);
  expect(linesOf(ended.out, 'sum')).toEqual(['running', '| found 3', 'success (N s)']);
  expect(ended.out).toMatch(/\nwhole succeeded in .*: 3 success, 1 skipped\.\n$/);
});

test('a failed task is tried again as it says, and then fails the run and the command', { timeout: LONG }, async () => {
  dagFile(
    'flaky.ts',
    `const fall = task('fall', { retries: 1, retryDelay: 0 }, async () => {
  throw new Error('the roof is open');
});
const after = task('after', async () => {});
export const flaky = dag('flaky', {}, () => {
  chain(fall(), after());
});`,
  );
  const { code, out } = await start(['test', 'flaky.ts', 'flaky']).ended;
  expect(code).toBe(1);
  expect(linesOf(out, 'fall').filter((line) => line.startsWith('running'))).toEqual(['running', 'running (try 2)']);
  expect(out).toContain('the roof is open');
  expect(linesOf(out, 'after')).toEqual([expect.stringMatching(/^upstream_failed/)]);
  expect(out).toMatch(/flaky failed in /);
});

test('a task whose process vanishes fails with a sentence', { timeout: LONG }, async () => {
  dagFile(
    'gone.ts',
    `const gone = task('gone', async () => {
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
});
export const d = dag('d', {}, () => {
  gone();
});`,
  );
  const { code, out } = await start(['test', 'gone.ts']).ended;
  expect(code).toBe(1);
  expect(out).toContain('The worker was killed by SIGKILL, and had reported nothing.');
});

test('tasks never see the credentials of Gantry, and Ctrl-C ends them', { timeout: LONG }, async () => {
  dagFile(
    'long.ts',
    `const wait = task('wait', async (_: unknown, context) => {
  console.log('secret', JSON.stringify(process.env).includes('sesame'));
  await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
});
export const long = dag('long', {}, () => {
  wait();
});`,
  );
  const running = start(['test', 'long.ts']);
  await expect.poll(running.out, { timeout: LONG }).toContain('| secret false');
  running.child.kill('SIGINT');
  expect((await running.ended).code).toBe(130);
});

test('what cannot be tried here is refused with one sentence', { timeout: LONG }, async () => {
  dagFile('none.ts', `export const nothing = 1; void task;`);
  dagFile(
    'two.ts',
    `export const a = dag('a', {}, () => {
  empty('x');
});
export const b = dag('b', {}, () => {
  empty('x');
});`,
  );
  dagFile(
    'pod.ts',
    `export const p = dag('p', {}, () => {
  kubernetesPod('greet', { image: 'busybox' });
});`,
  );
  dagFile('wrong.ts', `export const w = dag('w', {}, () => {\n  throw new Error('not today');\n});`);
  const sentences = [
    [['none.ts'], /^gantry: none\.ts defines no DAG; export one that dag\(\) returned\.\n$/],
    [['two.ts'], /^gantry: two\.ts defines several DAGs; name one of a, b\.\n$/],
    [['two.ts', 'c'], /^gantry: two\.ts defines no DAG c, but a, b\.\n$/],
    [['pod.ts'], /^gantry: p has kubernetesPod tasks \(greet\), which need a cluster; .*\n$/],
    [['wrong.ts'], /^gantry: wrong\.ts:3:\d+: .*not today.*\n$/],
    [['missing.ts'], /^gantry: missing\.ts: There is no such file\.\n$/],
  ] as const;
  for (const [words, sentence] of sentences) {
    const ended = await start(['test', ...words]).ended;
    expect([words, ended.out]).toEqual([words, '']);
    expect(ended.err).toMatch(sentence);
    expect(ended.code).toBeGreaterThan(0);
  }
});

test('dags check tells each file, and fails when one cannot be used', { timeout: LONG }, async () => {
  dagFile(
    'good.ts',
    `export const a = dag('a', {}, () => {
  empty('x');
});`,
  );
  dagFile('bad.ts', 'export const x = ;');
  const good = await start(['check', 'good.ts']).ended;
  expect(good).toEqual({ code: 0, out: 'good   good.ts: a (1 task)\n', err: '' });
  const both = await start(['check', 'good.ts', 'bad.ts']).ended;
  expect(both.code).toBe(1);
  expect(both.out).toMatch(/^good {3}good\.ts: a \(1 task\)\nerror {2}bad\.ts:2:\d+: .+\n/);
});
