import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AttemptSettings, bundleOf, linesOf, outcomeOf, TestingExecutionApi } from '../testing-execution-api.ts';
import { type BuiltWorker, buildWorker, startTestedWorker } from '../testing-worker.ts';

let built: BuiltWorker | undefined;
let api: TestingExecutionApi;

beforeAll(async () => {
  built = await buildWorker();
});
afterAll(() => built?.remove());
beforeEach(async () => {
  api = await new TestingExecutionApi().open();
});
afterEach(() => api.close());

async function run(settings: AttemptSettings = {}) {
  const known = api.know('a-1', settings);
  const worker = startTestedWorker((built as BuiltWorker).file, { GANTRY_API_URL: api.url, GANTRY_ATTEMPT_ID: 'a-1' });
  const { code, signal } = await worker.exit;
  return { known, code, signal, stdout: worker.stdout(), stderr: worker.stderr() };
}

describe('a worker', () => {
  test('runs the function and reports its result', async () => {
    const end = await run({ bundle: bundleOf('console.log("hello"); return 42;') });
    expect(end).toMatchObject({ code: 0, stdout: 'hello\n', stderr: '' });
    expect(outcomeOf(end.known)).toEqual({ kind: 'success', result: 42, xcoms: {}, skip: null });
    expect(linesOf(end.known).map(({ text }) => text)).toEqual(['hello']);
  });
  test('reports after a while through its keeper', async () => {
    const end = await run({
      bundle: bundleOf(
        'console.log("hello"); await new Promise((r) => setTimeout(r, 600)); console.log("bye"); return 42;',
      ),
    });
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(linesOf(end.known).map(({ text }) => text)).toEqual(['hello', 'bye']);
    expect(end.known.chunks.size).toBe(2);
  });
  test('renews its lease while the task blocks', async () => {
    const end = await run({
      heartbeatSeconds: 0.1,
      leaseSeconds: 1,
      bundle: bundleOf('const end = Date.now() + 1500; while (Date.now() < end); return 1;'),
    });
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.known.heartbeats).toBeGreaterThan(5);
  });
  test('reports process.exit as a failure', async () => {
    const end = await run({ bundle: bundleOf('process.exit(0)') });
    expect(end).toMatchObject({ code: 1, stderr: '' });
    expect(outcomeOf(end.known)).toMatchObject({ failure: { class: 'user_error' } });
  });
  test('reports a throw', async () => {
    const end = await run({ bundle: bundleOf('throw new TypeError("nope")') });
    expect(end).toMatchObject({ code: 1, stderr: '' });
    expect(outcomeOf(end.known)).toMatchObject({
      failure: { class: 'user_error', sentence: 'The task failed with TypeError: nope' },
    });
  });
});
