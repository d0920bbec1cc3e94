import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptFact, Order } from '@gantry/sdk/model';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../../../test/support/eventually.ts';
import type { Executor, FactSink, StopRequest } from './executor.ts';
import {
  type AttemptSettings,
  bundleOf,
  type KnownAttempt,
  outcomeOf,
  TestingExecutionApi,
} from './testing-execution-api.ts';
import { type BuiltWorker, buildWorker } from './testing-worker.ts';

/** What an implementation is given to be made from. */
export interface ExecutorParts {
  readonly workerFile: string;
  readonly apiUrl: string;
  readonly claimKey: Uint8Array;
  readonly parallelism: number;
  readonly killGraceSeconds: number;
}

export interface ExecutorCase {
  readonly name: string;
  readonly make: (parts: ExecutorParts) => Promise<Executor> | Executor;
  /** The credential that a worker of this executor shows at its claim. */
  readonly secretOf: (parts: { readonly claimKey: Uint8Array }, attemptId: string) => string;
  /** An order that this executor must refuse, made from a good one. */
  readonly spoil: (order: Order) => Order;
  /** Cleans up behind a test. */
  readonly cleanUp?: () => Promise<void>;
}

const CLAIM_KEY = Buffer.from('a key of thirty-two bytes for us');
const PARALLELISM = 4;
const KILL_GRACE_SECONDS = 1;

/** The promises of the contract, checked on real processes; every implementation runs the same suite. */
export function executorSuite(one: ExecutorCase): void {
  describe(`the executor contract, kept by ${one.name}`, () => {
    let worker: BuiltWorker | undefined;
    let folder: string;
    let api: TestingExecutionApi;
    let executor: Executor;
    let facts: AttemptFact[];
    let observing: { abort: AbortController; done: Promise<void> };

    beforeAll(async () => {
      worker = await buildWorker();
    });
    // There is none when it could not be built.
    afterAll(() => worker?.remove());

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'gantry-executor-'));
      api = await new TestingExecutionApi((attemptId) => one.secretOf({ claimKey: CLAIM_KEY }, attemptId)).open();
      executor = await one.make({
        workerFile: (worker as BuiltWorker).file,
        apiUrl: api.url,
        claimKey: CLAIM_KEY,
        parallelism: PARALLELISM,
        killGraceSeconds: KILL_GRACE_SECONDS,
      });
      facts = [];
      observing = observe(executor, { record: async (more) => void facts.push(...more) });
    });
    afterEach(async () => {
      observing.abort.abort();
      await observing.done;
      await one.cleanUp?.();
      await api.close();
      // Undefined when it could not be made.
      if (folder) rmSync(folder, { recursive: true, force: true });
    });

    /** An attempt known to the API and the order for it. */
    function prepare(settings: AttemptSettings = {}): { known: KnownAttempt; order: Order } {
      const known = api.know(randomUUID(), { killGraceSeconds: KILL_GRACE_SECONDS, ...settings });
      return { known, order: orderOf(known) };
    }

    function factOf(attemptId: string, kind: AttemptFact['kind']): AttemptFact | undefined {
      return facts.find((fact) => fact.attemptId === attemptId && fact.kind === kind);
    }

    test('every launched order runs its worker once, with the credential of its attempt', async () => {
      const prepared = [prepare(), prepare(), prepare()];
      await executor.launch(prepared.map(({ order }) => order));
      for (const { known } of prepared) {
        await eventually('the report', () => known.reports.length > 0);
        expect(outcomeOf(known).kind).toBe('success');
        expect(known.claims).toHaveLength(1);
      }
    });

    test('an order launched twice, at once and again after its end, runs once', async () => {
      const ledger = join(folder, 'ledger');
      const { known, order } = prepare({ bundle: bundleOf(ledgerLine(ledger)) });
      await Promise.all([executor.launch([order]), executor.launch([order])]);
      await eventually('the report', () => known.reports.length > 0);
      await eventually('the slot to be free again', () => executor.capacity() === PARALLELISM);
      await executor.launch([order]);
      const { known: last, order: lastOrder } = prepare();
      await executor.launch([lastOrder]);
      await eventually('the report of a later order', () => last.reports.length > 0);
      expect(readFileSync(ledger, 'utf8')).toBe('ran\n');
    });

    test('an order that cannot be launched becomes a fact with a sentence, and the others run', async () => {
      const { order: bad } = prepare();
      const { known, order } = prepare();
      await executor.launch([one.spoil(bad), order]);
      const fact = await eventually('the refusal', () => factOf(bad.attemptId, 'launch_failed'));
      expect(fact).toMatchObject({ failure: { sentence: expect.stringMatching(/\w.*\.$/) } });
      await eventually('the report of the other', () => known.reports.length > 0);
    });

    test('a killed attempt is gone with all its processes, and its end is a fact', async () => {
      const pids = join(folder, 'pids');
      const { known, order } = prepare({ bundle: bundleOf(stubborn(pids)) });
      await executor.launch([order]);
      const [parent = 0, child = 0] = await eventually('both processes', () => readPids(pids));
      await executor.stop([killOf(known)]);
      await executor.stop([killOf(known)]);
      await eventually('the end', () => factOf(known.attemptId, 'ended'));
      expect([isAlive(parent), isAlive(child)]).toEqual([false, false]);
    });

    test('the end of a process that dies without a report is a fact that says how', async () => {
      const { known, order } = prepare({
        bundle: bundleOf('process.kill(process.pid, "SIGKILL"); await new Promise(() => setInterval(() => {}, 1000));'),
      });
      await executor.launch([order]);
      const fact = await eventually('the end', () => factOf(known.attemptId, 'ended'));
      expect(fact).toMatchObject({
        ending: { provenDead: true, failure: { sentence: expect.stringContaining('SIGKILL') } },
      });
    });

    test('a worker that could not claim its attempt is a disruption, and no fault of the task', async () => {
      api.fail('claim', 401, 401, 401, 401);
      const { known, order } = prepare();
      await executor.launch([order]);
      const fact = await eventually('the end', () => factOf(known.attemptId, 'ended'));
      expect(fact).toMatchObject({
        ending: { provenDead: true, failure: { class: 'disrupted', sentence: expect.stringContaining('claim') } },
      });
    });

    test('facts that the sink does not take are told again until it does', async () => {
      observing.abort.abort();
      await observing.done;
      let refusals = 2;
      const record = async (more: readonly AttemptFact[]) => {
        refusals -= 1;
        if (refusals >= 0) throw new Error('the database is away');
        facts.push(...more);
      };
      observing = observe(executor, { record });
      const { order } = prepare();
      await executor.launch([one.spoil(order)]);
      await eventually('the refusal', () => factOf(order.attemptId, 'launch_failed'));
      expect(refusals).toBeLessThan(0);
    });

    test('capacity falls with each attempt, is never negative, and rises when one ends', async () => {
      const gate = join(folder, 'gate');
      const prepared = Array.from({ length: PARALLELISM + 1 }, () => prepare({ bundle: bundleOf(waitFor(gate)) }));
      expect(executor.capacity()).toBe(PARALLELISM);
      await executor.launch(prepared.slice(0, 1).map(({ order }) => order));
      expect(executor.capacity()).toBe(PARALLELISM - 1);
      await executor.launch(prepared.slice(1).map(({ order }) => order));
      expect(executor.capacity()).toBe(0);
      writeFileSync(gate, '');
      await eventually('all slots to be free', () => executor.capacity() === PARALLELISM);
    });

    test('observing ends when it is aborted, and can begin again', async () => {
      observing.abort.abort();
      await observing.done;
      const { order } = prepare();
      await executor.launch([one.spoil(order)]);
      expect(facts).toEqual([]);
      observing = observe(executor, { record: async (more) => void facts.push(...more) });
      await eventually('what happened meanwhile', () => factOf(order.attemptId, 'launch_failed'));
    });
  });
}

function observe(executor: Executor, sink: FactSink): { abort: AbortController; done: Promise<void> } {
  const abort = new AbortController();
  return { abort, done: executor.observe(sink, abort.signal) };
}

/** The order for an attempt that the API knows. */
export function orderOf(known: KnownAttempt): Order {
  return {
    attemptId: known.attemptId,
    runKey: 1,
    dagId: known.task.dagId,
    runId: known.task.runId,
    taskId: known.task.taskId,
    mapIndex: -1,
    tryNumber: 1,
    version: 1,
    executor: 'any',
    queue: null,
    priorityWeight: 1,
    bundleDigest: known.digest,
    workload: { kind: 'worker' },
    layers: { templateFile: null, dagOverride: null, taskOverride: null, retry: null },
    executionTimeoutSeconds: null,
  };
}

function killOf(known: KnownAttempt): StopRequest {
  return { attemptId: known.attemptId, podName: null, namespace: null, why: 'kill' };
}

function ledgerLine(path: string): string {
  return `(await import('node:fs')).appendFileSync(${JSON.stringify(path)}, 'ran\\n');`;
}

/** A task that ignores SIGTERM and has a child which does so too; writes the numbers of both. */
function stubborn(path: string): string {
  return `
    process.on('SIGTERM', () => {});
    const { spawn } = await import('node:child_process');
    const child = spawn('sh', ['-c', 'trap "" TERM; while :; do sleep 1; done'], { stdio: 'ignore' });
    (await import('node:fs')).writeFileSync(${JSON.stringify(path)}, process.pid + ' ' + child.pid + '.');
    for (;;) await new Promise((resolve) => setTimeout(resolve, 1000));`;
}

function waitFor(path: string): string {
  return `
    const { existsSync } = await import('node:fs');
    while (!existsSync(${JSON.stringify(path)})) await new Promise((resolve) => setTimeout(resolve, 20));`;
}

function readPids(path: string): readonly number[] | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return text.endsWith('.') ? text.slice(0, -1).split(' ').map(Number) : undefined;
  } catch {
    return undefined;
  }
}

/** Zombies count as dead: they run nothing, and only wait for their parent to look. */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}
