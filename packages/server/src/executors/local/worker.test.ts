import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bundleOf } from '../testing-execution-api.ts';
import { WorkerRuns } from './testing-worker-runs.ts';

const runs = new WorkerRuns().install();
const { run } = { run: runs.run.bind(runs) };

describe('a worker runs its task', () => {
  test('once, and reports what the function returned', async () => {
    const end = await run({ bundle: bundleOf('return { rows: [1, 2], none: undefined };') });
    expect(end).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(end.outcome()).toEqual({ kind: 'success', result: { rows: [1, 2] }, xcoms: {}, skip: null });
    expect(end.known.claims).toHaveLength(1);
    expect(end.known.reports).toHaveLength(1);
  });

  test('and reports null for a function that returns nothing', async () => {
    expect((await run()).outcome()).toMatchObject({ kind: 'success', result: null });
  });

  test('with the results of the tasks above wired into its input, null where a path ends', async () => {
    const wire = (taskId: string, ...path: string[]) => ({ kind: 'wire', taskId, path }) as const;
    const fields = {
      plain: { kind: 'literal', value: 5 } as const,
      list: { kind: 'list', items: [wire('a'), wire('a', 'b', '1')] } as const,
      missing: wire('a', 'b', 'c'),
      unknown: wire('z'),
    };
    const end = await run({
      bundle: bundleOf('return input;'),
      input: { kind: 'object', fields },
      upstreamResults: { a: { b: [1, 2] } },
    });
    expect(end.outcome()).toMatchObject({
      result: { plain: 5, list: [{ b: [1, 2] }, 2], missing: null, unknown: null },
    });
  });

  test('with the facts of run, task and params in its context', async () => {
    const end = await run({
      bundle: bundleOf(`const { run, task, params, conf } = context;
        return { run: { ...run, isDate: run.logicalDate instanceof Date }, task, params, conf };`),
      ...{ params: { place: 'Ulm' }, conf: { by: 'hand' }, runId: 'scheduled__x', runType: 'scheduled', version: 3 },
      ...{ logicalDate: '2026-03-01T06:00:00.000Z', mapIndex: -1, tryNumber: 2, maxTries: 4 },
    });
    expect(end.outcome()).toMatchObject({
      result: {
        run: {
          ...{ runId: 'scheduled__x', runType: 'scheduled', dagId: 'd', version: 3, dataIntervalStart: null },
          ...{ logicalDate: '2026-03-01T06:00:00.000Z', isDate: true },
        },
        task: { dagId: 'd', taskId: 't', mapIndex: -1, tryNumber: 2, maxTries: 4, attemptId: end.known.attemptId },
        params: { place: 'Ulm' },
        conf: { by: 'hand' },
      },
    });
  });

  test('and reports the XComs it pushed', async () => {
    const end = await run({ bundle: bundleOf('context.xcom.push("rows", [1]); context.xcom.push("rows", [2]);') });
    expect(end.outcome()).toMatchObject({ xcoms: { rows: [2] } });
  });

  test('and gets XComs, variables and connections from the API', async () => {
    runs.api.values.set('/xcom?task_id=a&map_index=-1&key=return_value', { value: 7 });
    runs.api.values.set('/variables/a%20key', { value: '{"deep":1}' });
    runs.api.values.set('/connections/db', { connection: { connectionId: 'db', host: 'h' } });
    const end = await run({
      bundle: bundleOf(`return [
        await context.xcom.pull({ taskId: 'a' }), await context.xcom.pull({ taskId: 'a', key: 'none' }),
        await context.variables.get('a key'), await context.variables.getJson('a key'),
        await context.variables.get('unset', 'fallback'), (await context.connections.get('db')).host,
        await context.variables.get('unset').catch((error) => error.message),
        await context.connections.get('unset').catch((error) => error.message)];`),
    });
    expect(end.outcome()).toMatchObject({
      result: [
        ...[7, null, '{"deep":1}', { deep: 1 }, 'fallback', 'h'],
        'The variable "unset" is not set. Set it with: gantry variables set unset VALUE',
        'There is no connection "unset". Add it, or correct the name.',
      ],
    });
  });

  test('whose branch names tasks directly below it', async () => {
    const others = `, { taskId: 'left', upstream: ['t'] }, { taskId: 'right', upstream: ['t'] }, { taskId: 'far', upstream: ['left'] }`;
    const branch = (body: string) =>
      run({ kind: 'branch', bundle: bundleOf(body, { kind: 'branch', upstreamOfOthers: others }) });
    expect((await branch('return "left";')).outcome()).toMatchObject({ skip: { kind: 'branch', follow: ['left'] } });
    expect((await branch('return null;')).outcome()).toMatchObject({ skip: { kind: 'branch', follow: [] } });
    expect((await branch('return ["left", "far"];')).outcome()).toMatchObject({
      failure: {
        class: 'user_error',
        sentence: 'The branch returned "far", which is not directly below it; those that are: "left", "right".',
      },
    });
  });

  test('whose short circuit skips what follows when it is falsy', async () => {
    const circuit = (body: string) => run({ kind: 'short_circuit', bundle: bundleOf(body, { kind: 'short_circuit' }) });
    expect((await circuit('return 0;')).outcome()).toMatchObject({ result: 0, skip: { kind: 'short_circuit' } });
    expect((await circuit('return "go";')).outcome()).toMatchObject({ result: 'go', skip: null });
  });
});

describe('a task that fails', () => {
  const failureOf = async (body: string, before = '') => {
    const end = await run({ bundle: bundleOf(body, { before }) });
    expect(end).toMatchObject({ code: 1, signal: null });
    const outcome = end.outcome();
    if (outcome.kind !== 'failed') throw new Error(`It ended as ${outcome.kind}.`);
    return outcome.failure;
  };

  test('by throwing is told with its message and stack', async () => {
    expect(await failureOf('throw new TypeError("no such field");')).toMatchObject({
      class: 'user_error',
      sentence: 'The task failed with TypeError: no such field',
      retryable: true,
      detail: { stack: expect.stringContaining('.mjs:') },
    });
  });

  test('by throwing anything else is told with what it was', async () => {
    expect(await failureOf('throw { code: 5 };')).toMatchObject({
      sentence: 'The task failed with a thrown object: { code: 5 }',
    });
    expect(await failureOf('throw undefined;')).toMatchObject({
      sentence: 'The task failed with a thrown undefined: undefined',
    });
  });

  test('and asks for no retry is told so', async () => {
    const failure = await failureOf(
      'throw Object.assign(new Error("broken for good"), { gantryKind: "fail_without_retry" });',
    );
    expect(failure).toMatchObject({ class: 'user_error', sentence: 'broken for good', retryable: false });
  });

  test('by a promise that nobody waits for is told so', async () => {
    expect(
      await failureOf('Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 5000));'),
    ).toMatchObject({
      class: 'user_error',
      sentence: 'The task left a promise that was rejected with Error: lost',
    });
  });

  test('in a callback is told so', async () => {
    const body = 'setTimeout(() => { throw new Error("late"); }, 5); await new Promise((r) => setTimeout(r, 5000));';
    expect(await failureOf(body)).toMatchObject({
      sentence: 'The task failed, outside its function, with Error: late',
    });
  });

  test('by waiting for what can never happen does not hang', async () => {
    expect(await failureOf('await new Promise(() => {});')).toMatchObject({
      class: 'user_error',
      sentence: expect.stringContaining('can never happen'),
    });
  });

  test.each([
    ['at once', 'process.exit(0);', 0],
    ['after a while', 'await new Promise((r) => setTimeout(r, 300)); process.exit(3);', 3],
  ])('by process.exit %s is told so, whatever the code', async (_when, body, code) => {
    expect(await failureOf(`${body} throw new Error('not reached');`)).toMatchObject({
      class: 'user_error',
      sentence: `The task called process.exit(${code}). Return from the task's function to succeed, or throw to fail.`,
    });
  });

  test('because its file throws, exits or cannot be parsed is told so', async () => {
    expect(await failureOf('', 'throw new Error("at the top");')).toMatchObject({
      sentence: 'The DAG’s file could not be loaded: Error: at the top',
    });
    expect(await failureOf('', 'process.exit(0);')).toMatchObject({
      sentence: expect.stringContaining('process.exit(0)'),
    });
    expect(await failureOf('', 'const const;')).toMatchObject({
      sentence: expect.stringMatching(/^The DAG’s file could not be loaded: SyntaxError/),
    });
  });

  test('because its result is no JSON is told where', async () => {
    expect(await failureOf('return { rows: [{ price: NaN }] };')).toMatchObject({
      class: 'user_error',
      sentence: "The task's result.rows[0].price is NaN; expected JSON.",
    });
    expect(await failureOf('return "x".repeat(300_000);')).toMatchObject({
      sentence: expect.stringContaining('is 300002 bytes of JSON; at most 262144 are kept'),
    });
  });
});

test('a task that skips itself is reported as skipped and exits 0', async () => {
  const end = await run({
    bundle: bundleOf('throw Object.assign(new Error("no data today"), { gantryKind: "skip" });'),
  });
  expect(end.code).toBe(0);
  expect(end.outcome()).toEqual({ kind: 'skipped', sentence: 'no data today' });
});

describe('the bundle', () => {
  test('may await at its top, and export its DAGs in a list', async () => {
    const awaiting = bundleOf('return value;', { before: 'const value = await Promise.resolve(4);' });
    expect((await run({ bundle: awaiting })).outcome()).toMatchObject({ result: 4 });
    const listed = bundleOf('return 5;').replace('export const dag =', 'const dag =');
    expect((await run({ bundle: `${listed}\nexport const dags = [dag];` })).outcome()).toMatchObject({ result: 5 });
  });

  test('without the DAG or the task is a failure of the configuration that lists what there is', async () => {
    expect((await run({ dagId: 'other' })).outcome()).toMatchObject({
      failure: {
        class: 'configuration',
        sentence: 'The bundle exports no DAG "other"; it exports "d". Export the DAG from its file.',
      },
    });
    expect((await run({ taskId: 'toString' })).outcome()).toMatchObject({
      failure: { class: 'configuration', sentence: expect.stringContaining('no function for the task "toString"') },
    });
  });

  test('that is not the one of the run is refused with both digests', async () => {
    const started = runs.api.know('mismatch', {});
    Object.assign(started, { digest: 'f'.repeat(64) });
    const worker = runs.startBare({ GANTRY_API_URL: runs.api.url, GANTRY_ATTEMPT_ID: 'mismatch' }, 'secret');
    const end = await runs.end({ known: started, worker });
    const found = createHash('sha256').update(started.bundle).digest('hex');
    expect(end.outcome()).toMatchObject({
      failure: { class: 'configuration', detail: { found, expected: 'f'.repeat(64) }, retryable: false },
    });
  });

  test('is kept in the bundle folder for the next worker, which is sent none', async () => {
    const folder = runs.path('bundles');
    const bundle = bundleOf('return 1;');
    const digest = createHash('sha256').update(bundle).digest('hex');
    const environment = { GANTRY_BUNDLE_FOLDER: folder, GANTRY_BUNDLE_DIGEST: digest };
    const first = await run({ bundle }, { environment });
    const second = await run({ bundle }, { environment });
    expect([first, second].map(({ known }) => known.claims[0]?.hasBundle)).toEqual([false, true]);
    expect(second.outcome()).toMatchObject({ result: 1 });
    expect(readFileSync(`${folder}/${digest}.mjs`, 'utf8')).toBe(bundle);
  });

  test('that was damaged in the bundle folder is refused', async () => {
    mkdirSync(runs.path('bundles'));
    const bundle = bundleOf('return 1;');
    const digest = createHash('sha256').update(bundle).digest('hex');
    writeFileSync(`${runs.path('bundles')}/${digest}.mjs`, 'damaged');
    const environment = { GANTRY_BUNDLE_FOLDER: runs.path('bundles'), GANTRY_BUNDLE_DIGEST: digest };
    expect((await run({ bundle }, { environment })).outcome()).toMatchObject({
      failure: { class: 'configuration', sentence: expect.stringContaining(digest) },
    });
  });

  test('of a worker without a folder leaves nothing behind', async () => {
    const end = await run({ bundle: bundleOf('return import.meta.url;') }, { environment: { TMPDIR: runs.path('.') } });
    const outcome = end.outcome();
    const url = outcome.kind === 'success' ? String(outcome.result) : '';
    expect(url).toMatch(/^file:.*gantry-bundle-/);
    expect(existsSync(new URL(url))).toBe(false);
  });
});

test('user code sees neither token nor where it lies', async () => {
  writeFileSync(runs.path('token'), 'secret\n');
  const end = await run(
    { bundle: bundleOf('return [Object.keys(process.env), process.argv.length];') },
    { environment: { GANTRY_TOKEN_FILE: runs.path('token') }, secret: null },
  );
  expect(end.outcome()).toMatchObject({ result: [expect.not.arrayContaining(['GANTRY_TOKEN_FILE']), 2] });
});
