import { mkdirSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { bundleOf, linesOf } from '../testing-execution-api.ts';
import { type WorkerEnd, WorkerRuns } from './testing-worker-runs.ts';

const runs = new WorkerRuns().install();

function toldOf({ known }: WorkerEnd): readonly string[] {
  return linesOf(known).map(({ level, stream, text }) => `${level} ${stream} ${text}`);
}

/** A bundle as intake makes it, of one DAG file `dag.ts` that imports `lib/parse.ts`. */
async function bundleWithMap(): Promise<string> {
  const folder = runs.path('dags');
  mkdirSync(`${folder}/lib`, { recursive: true });
  writeFileSync(
    `${folder}/lib/parse.ts`,
    `interface Row { readonly price: string }

export function parse(row: Row): number {
  const cause = new RangeError('the field is empty');
  throw new TypeError('no price', { cause });
}
`,
  );
  writeFileSync(
    `${folder}/dag.ts`,
    `import { parse } from './lib/parse.ts';

const load = async (): Promise<number> => {
  await Promise.resolve();
  return parse({ price: '' });
};
export const dag = {
  kind: 'gantry.dag', spec: { dagId: 'd', tasks: [{ kind: 'task', taskId: 't', upstream: [] }] }, handlers: { t: load },
};
`,
  );
  const built = await build({
    ...{ entryPoints: [`${folder}/dag.ts`], absWorkingDir: folder, outfile: `${folder}/bundle.mjs`, write: false },
    ...{ bundle: true, format: 'esm', platform: 'node', sourcemap: 'inline', sourcesContent: false },
  });
  return built.outputFiles[0]?.text ?? '';
}

describe('the log of a try that does not succeed ends with why', () => {
  test('the error with its causes, at the places of the author’s own files, after all that the task printed', async () => {
    const end = await runs.run({ bundle: await bundleWithMap() });
    expect(toldOf(end)).toEqual([
      'error log The task failed with TypeError: no price',
      'error log     at parse (lib/parse.ts:5:9)',
      'error log     at load (dag.ts:5:10)',
      'error log Caused by: RangeError: the field is empty',
      'error log     at parse (lib/parse.ts:4:17)',
      'error log     at load (dag.ts:5:10)',
    ]);
    expect(end.outcome()).toMatchObject({
      failure: {
        detail: {
          stack: 'TypeError: no price\n    at parse (lib/parse.ts:5:9)\n    at load (dag.ts:5:10)',
          cause: 'RangeError: the field is empty\n    at parse (lib/parse.ts:4:17)\n    at load (dag.ts:5:10)',
        },
      },
    });
  });

  test('after the last printed line, which may have no end, and on the real stdout as well', async () => {
    const end = await runs.run({ bundle: bundleOf(`process.stdout.write('half a line'); throw 'just text';`) });
    expect(toldOf(end)).toEqual([
      'info stdout half a line',
      'error log The task failed with a thrown string: just text',
    ]);
    expect(end.stdout).toContain('ERROR The task failed with a thrown string: just text');
  });

  test('the errors that an AggregateError stands for', async () => {
    const body = `throw new AggregateError([new Error('one'), new Error('two')], 'all failed');`;
    const told = toldOf(await runs.run({ bundle: bundleOf(body) }));
    expect(told[0]).toBe('error log The task failed with AggregateError: all failed');
    expect(told).toEqual(
      expect.arrayContaining(['error log Caused by: Error: one', 'error log Caused by: Error: two']),
    );
  });

  test('an error outside the task’s function, and one while its file is loaded', async () => {
    const late = `setTimeout(() => { throw new Error('late'); }, 5); await new Promise((r) => setTimeout(r, 5000));`;
    expect(toldOf(await runs.run({ bundle: bundleOf(late) }))[0]).toBe(
      'error log The task failed, outside its function, with Error: late',
    );
    const atTop = bundleOf('', { before: 'throw new Error("at the top");' });
    expect(toldOf(await runs.run({ bundle: atTop }))[0]).toBe(
      'error log The DAG’s file could not be loaded: Error: at the top',
    );
  });

  test('a call of process.exit, with its place', async () => {
    const told = toldOf(await runs.run({ bundle: bundleOf('process.exit(3);') }));
    expect(told[0]).toContain('error log The task called process.exit(3).');
    expect(told[1]).toMatch(/^error log {5}at .*\.mjs:\d+:\d+/);
  });

  test('a wrong result, and a bundle without the task', async () => {
    expect(toldOf(await runs.run({ bundle: bundleOf('return NaN;') }))).toEqual([
      "error log The task's result is NaN; expected JSON.",
    ]);
    expect(toldOf(await runs.run({ taskId: 'other' }))).toEqual([
      'error log The DAG "d" of the bundle has no function for the task "other".',
    ]);
  });

  test('a task that skips itself, with and without a message', async () => {
    const skip = (message: string) =>
      runs.run({ bundle: bundleOf(`throw Object.assign(new Error('${message}'), { gantryKind: 'skip' });`) });
    expect(toldOf(await skip('no data today'))).toEqual(['info log The task skipped itself: no data today']);
    expect(toldOf(await skip(''))).toEqual(['info log The task skipped itself.']);
  });

  test('a task that asks for no retry', async () => {
    const body = `throw Object.assign(new Error('broken for good'), { gantryKind: 'fail_without_retry' });`;
    const told = toldOf(await runs.run({ bundle: bundleOf(body) }));
    expect(told[0]).toBe('error log The task failed and asked for no retry: broken for good');
    expect(told[1]).toMatch(/^error log {5}at /);
  });

  test('an execution timeout and a stop, said by the keeper', async () => {
    const waiting = bundleOf('await new Promise((r) => setTimeout(r, 60_000));');
    expect(toldOf(await runs.run({ bundle: waiting, executionTimeoutSeconds: 0.3 }))).toEqual([
      'error log The task ran longer than its execution timeout of 0.3 s.',
    ]);
    const stopped = runs.start({ bundle: waiting, heartbeatSeconds: 0.2 });
    stopped.known.stop = 'Ann stopped the run.';
    expect(toldOf(await runs.end(stopped))).toEqual(['error log Ann stopped the run.']);
  });

  test('however much the task has printed', async () => {
    runs.api.fail('logs', ...Array.from({ length: 40 }, () => 503));
    const flood = `const line = 'x'.repeat(1000) + '\\n'; for (let count = 0; count < 40_000; count += 1) process.stdout.write(line); throw new Error('drowned');`;
    const end = await runs.run({ bundle: bundleOf(flood), leaseSeconds: 4, heartbeatSeconds: 1 });
    expect(end.texts()).toContain('The task failed with Error: drowned');
  });

  test('a success says nothing', async () => {
    expect(toldOf(await runs.run())).toEqual([]);
  });
});
