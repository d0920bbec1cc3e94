import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AttemptFact, Order } from '@gantry/sdk/model';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../../../../test/support/eventually.ts';
import { executorSuite, orderOf } from '../executor.suite.ts';
import { bundleOf, outcomeOf, TestingExecutionApi } from '../testing-execution-api.ts';
import { type BuiltWorker, buildWorker } from '../testing-worker.ts';
import { claimSecret } from './claim-secret.ts';
import { findWorkerGroup } from './find-worker.ts';
import { LocalExecutor, type LocalExecutorOptions } from './local-executor.ts';

const CLAIM_KEY = Buffer.from('a key of thirty-two bytes for us');
const pod = { image: 'busybox', command: null, args: null, env: {}, getLogs: true };

for (const spareWorkers of [0, 2]) {
  executorSuite({
    name: spareWorkers === 0 ? 'LocalExecutor' : 'LocalExecutor with spare workers',
    make: ({ workerFile, apiUrl, claimKey, parallelism, killGraceSeconds }) =>
      new LocalExecutor({
        ...{ parallelism, apiUrl, claimKey, workerFile, killGraceSeconds, spareWorkers },
        bundleFolder: null,
        environment: { PATH: process.env.PATH, TMPDIR: dirname(workerFile) },
      }),
    secretOf: ({ claimKey }, attemptId) => claimSecret(claimKey, attemptId),
    spoil: (order) => ({ ...order, workload: { kind: 'image', pod } }),
  });
}

describe('the local executor', () => {
  let worker: BuiltWorker | undefined;
  let folder: string;
  let api: TestingExecutionApi;
  let facts: AttemptFact[];
  let ends: (() => Promise<void>)[];

  beforeAll(async () => {
    worker = await buildWorker();
  });
  afterAll(() => worker?.remove());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gantry-local-executor-'));
    api = await new TestingExecutionApi((attemptId) => claimSecret(CLAIM_KEY, attemptId)).open();
    facts = [];
    ends = [];
  });
  afterEach(async () => {
    for (const end of ends) await end();
    await api.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  function options(changes: Partial<LocalExecutorOptions> = {}): LocalExecutorOptions {
    return {
      ...{ parallelism: 4, apiUrl: api.url, claimKey: CLAIM_KEY, bundleFolder: null, killGraceSeconds: 1 },
      workerFile: (worker as BuiltWorker).file,
      environment: { PATH: process.env.PATH, TMPDIR: folder },
      ...changes,
    };
  }

  function observed(executor: LocalExecutor): LocalExecutor {
    const abort = new AbortController();
    const done = executor.observe({ record: async (more) => void facts.push(...more) }, abort.signal);
    ends.push(async () => {
      abort.abort();
      await done;
    });
    return executor;
  }

  function known(body: string) {
    const attempt = api.know(randomUUID(), { bundle: bundleOf(body), killGraceSeconds: 1 });
    return { attempt, order: orderOf(attempt) };
  }

  test('refuses an image with a sentence that says where it can go', async () => {
    const executor = observed(new LocalExecutor(options({ name: 'Laptop' })));
    const order: Order = { ...known('').order, workload: { kind: 'image', pod } };
    await executor.launch([order]);
    const fact = await eventually('the refusal', () => facts[0]);
    expect(fact).toMatchObject({
      kind: 'launch_failed',
      failure: {
        class: 'configuration',
        retryable: false,
        sentence: expect.stringMatching(/Laptop.*KubernetesExecutor/),
      },
    });
  });

  test('tells nothing about an attempt that reported its success', async () => {
    const executor = observed(new LocalExecutor(options()));
    const { attempt, order } = known('return 1;');
    await executor.launch([order]);
    await eventually('the free slot', () => executor.capacity() === 4);
    const other = known('process.kill(process.pid, "SIGKILL"); await new Promise((r) => setTimeout(r, 60_000));');
    await executor.launch([other.order]);
    await eventually('the end of a later one', () => facts.length > 0);
    expect(outcomeOf(attempt).kind).toBe('success');
    expect(facts.map(({ attemptId }) => attemptId)).toEqual([other.attempt.attemptId]);
  });

  test('leaves no process of an attempt behind, not even one that its task forgot [F69]', async () => {
    const executor = observed(new LocalExecutor(options()));
    const pid = join(folder, 'pid');
    const { order } = known(`const { spawn } = await import('node:child_process');
      const child = spawn('sleep', ['600'], { stdio: 'ignore' });
      (await import('node:fs')).writeFileSync(${JSON.stringify(pid)}, String(child.pid)); child.unref();`);
    await executor.launch([order]);
    await eventually('the free slot', () => executor.capacity() === 4 && existsSync(pid));
    const stat = () => existsSync(`/proc/${readFileSync(pid, 'utf8')}/stat`);
    await eventually(
      'the end of the forgotten process',
      () => !stat() || /\) Z /.test(readFileSync(`/proc/${readFileSync(pid, 'utf8')}/stat`, 'latin1')),
    );
  });

  test('is outlived by its attempts when it dies, and its successor can stop them [F72]', async () => {
    const gate = join(folder, 'gate');
    const first = known(`const { existsSync } = await import('node:fs');
      while (!existsSync(${JSON.stringify(gate)})) await new Promise((r) => setTimeout(r, 20)); return 'outlived';`);
    const second = known('for (;;) await new Promise((r) => setTimeout(r, 1000));');
    await launchInOtherProcess([first.order, second.order]);
    await eventually('both claims', () => first.attempt.nonce !== null && second.attempt.nonce !== null);
    const executor = observed(new LocalExecutor(options()));
    await executor.stop([{ attemptId: second.attempt.attemptId, podName: null, namespace: null, why: 'kill' }]);
    await eventually('its report', () => second.attempt.reports.length > 0);
    expect(outcomeOf(second.attempt)).toMatchObject({ failure: { class: 'disrupted' } });
    await eventually('its end', () => findWorkerGroup(second.attempt.attemptId) === null);
    writeFileSync(gate, '');
    await eventually('the report of the other', () => first.attempt.reports.length > 0);
    expect(outcomeOf(first.attempt)).toMatchObject({ result: 'outlived' });
  });

  test('does not run an attempt twice that another scheduler launched [F72 I05 R2]', async () => {
    const executor = observed(new LocalExecutor(options()));
    const other = observed(new LocalExecutor(options()));
    const ledger = join(folder, 'ledger');
    const { attempt, order } = known(`(await import('node:fs')).appendFileSync(${JSON.stringify(ledger)}, 'ran ');`);
    await Promise.all([executor.launch([order]), other.launch([order])]);
    await eventually('both to be done', () => executor.capacity() === 4 && other.capacity() === 4);
    expect(readFileSync(ledger, 'utf8')).toBe('ran ');
    expect(attempt.reports).toHaveLength(1);
    expect(facts).toEqual([]);
  });

  test('tells of a worker that cannot start', async () => {
    const executor = observed(new LocalExecutor(options({ workerFile: join(folder, 'missing.cjs'), spareWorkers: 1 })));
    const { attempt, order } = known('');
    await executor.launch([order]);
    const fact = await eventually('the end', () => facts[0]);
    expect(fact).toMatchObject({ kind: 'ended', attemptId: attempt.attemptId, ending: { provenDead: true } });
  });

  /** As a scheduler that is killed right after its launch. */
  async function launchInOtherProcess(orders: readonly Order[]): Promise<void> {
    const script = `
      import { spawn } from 'node:child_process';
      for (const [attempt, secret] of ${JSON.stringify(orders.map(({ attemptId }) => [attemptId, claimSecret(CLAIM_KEY, attemptId)]))}) {
        const env = { PATH: process.env.PATH, GANTRY_API_URL: ${JSON.stringify(api.url)}, GANTRY_ATTEMPT_ID: attempt };
        const child = spawn(process.execPath, [${JSON.stringify((worker as BuiltWorker).file)}], { detached: true, env, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
        await new Promise((resolve) => child.stdio[3].end(secret + '\\n', resolve));
      }
      process.kill(process.pid, 'SIGKILL');`;
    const scheduler = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    await new Promise((resolve) => scheduler.once('exit', resolve));
  }
});
