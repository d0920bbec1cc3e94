import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StackReader } from './stack-reader.ts';

const FILES = {
  'weather.ts': `import { parse } from 'parser';
import { sum } from './lib/sum.ts';

interface Row { readonly price: number }

export function total(rows: readonly Row[]): number {
  return sum(rows.map(parse));
}
`,
  'lib/sum.ts': `export type Numbers = readonly number[];

export function sum(_numbers: Numbers): number {
  throw new TypeError('no number');
}
`,
  'node_modules/parser/index.js': 'exports.parse = (row) => row.price;\n',
};
const WORKER = '/opt/gantry/worker.cjs';
let folder: string;
let bundlePath: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-stack-'));
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  bundlePath = join(folder, 'bundle.mjs');
  await build({
    entryPoints: [join(folder, 'weather.ts')],
    outfile: bundlePath,
    bundle: true,
    format: 'esm',
    sourcemap: 'inline',
    sourcesContent: false,
  });
});
afterEach(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Thrown in a process of its own, since the test's own process maps stacks by itself. */
function thrownStack(): string {
  const program = `import(${JSON.stringify(pathToFileURL(bundlePath).href)}).then(({ total }) => {
    try { total([{ price: 1 }]); } catch (error) { process.stdout.write(error.stack); }
  });`;
  return execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' });
}

test('frames of the bundle become places in the files of the DAG folder, by line and column', () => {
  const [head, ...frames] = readableStackOf(thrownStack()).split('\n');
  expect(head).toBe('TypeError: no number');
  expect(frames.slice(0, 2)).toEqual(['    at sum (lib/sum.ts:4:9)', '    at total (weather.ts:7:10)']);
});

test('frames of the worker are left out, and those of Node below the last one of the task', async () => {
  const stack = [
    'Error: a message\n  of two lines',
    '    at new URL (node:internal/url:797:36)',
    '    at own (/home/ann/dags/native.js:3:1)',
    '    at new Promise (<anonymous>)',
    `    at runTask (${WORKER}:100:7)`,
    `    at async Promise.all (index 0)`,
    '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
    `    at async runAttempt (file://${WORKER}:80:3)`,
    '    at async node:internal/main/run_main_module:36:49',
  ].join('\n');
  expect(readableStackOf(stack).split('\n')).toEqual([
    'Error: a message',
    '  of two lines',
    '    at new URL (node:internal/url:797:36)',
    '    at own (/home/ann/dags/native.js:3:1)',
  ]);
});

test('the SDK’s own frames and those of the bundler are left out', async () => {
  const map = { version: 3, names: [], sources: ['gantry:@gantry/sdk', 'a.ts'], mappings: ';AAAA;ACAA' };
  const encoded = Buffer.from(JSON.stringify(map)).toString('base64');
  writeFileSync(bundlePath, `0\n1\n2\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`);
  const stack = `Error\n    at __require (file://${bundlePath}:1:1)\n    at sdk (file://${bundlePath}:2:1)\n    at mine (file://${bundlePath}:3:1)`;
  expect(readableStackOf(stack)).toBe('Error\n    at mine (a.ts:1:1)');
});

test('the worker’s frames are known by its real path too', () => {
  const link = join(folder, 'worker.cjs');
  writeFileSync(join(folder, 'real.cjs'), '');
  symlinkSync(join(folder, 'real.cjs'), link);
  const stack = `Error\n    at mine (/a.js:1:1)\n    at run (${join(folder, 'real.cjs')}:9:9)`;
  expect(new StackReader(link).read(stack)).toBe('Error\n    at mine (/a.js:1:1)');
});

test.each([
  ['without a map', '0\n'],
  ['with a broken map', '0\n//# sourceMappingURL=data:application/json;base64,AAAA\n'],
])('a stack into a bundle %s stays as it is', async (_how, code) => {
  writeFileSync(bundlePath, code);
  const stack = `Error\n    at mine (file://${bundlePath}:1:1)`;
  expect(readableStackOf(stack)).toBe(stack);
});

test('a stack without frames stays as it is', async () => {
  expect(readableStackOf('Error: no frames')).toBe('Error: no frames');
});

function readableStackOf(stack: string): string {
  const reader = new StackReader(WORKER);
  reader.setBundle(bundlePath);
  return reader.read(stack);
}
