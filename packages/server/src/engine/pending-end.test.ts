import { dag, kubernetesPod, task } from '@gantry/sdk';
import type { FailureClass, Order } from '@gantry/sdk/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningEngine, runEnded, startEngine } from '../../../../test/support/engine-harness.ts';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { seedDag, seedRun } from '../../../../test/support/seed-dag.ts';
import { grantClaims } from '../store/grant-claims.ts';
import { recordReports } from '../store/record-reports.ts';
import type { EndedFact } from './await-end.ts';
import { ScriptedExecutor } from './scripted-executor.ts';

const TOKEN = '00'.repeat(32);
const PATIENCE = { timeout: 20_000, interval: 20 };
const TOLD = 'The worker was told to end (SIGTERM) before its task had finished.';

let fresh: FreshDatabase;
let engines: RunningEngine[] = [];

beforeEach(async () => {
  fresh = await freshDatabase();
  engines = [];
});
afterEach(async () => {
  for (const engine of engines) await engine.stop();
  await fresh.drop();
});

function start(executor: ScriptedExecutor): RunningEngine {
  const engine = startEngine(fresh.database, [executor]);
  engines.push(engine);
  return engine;
}

interface AttemptRow {
  readonly state: string;
  readonly waiting: string | null;
  readonly pending_until: string | null;
  readonly class: string | null;
  readonly sentence: string | null;
  readonly reported: string | null;
}

async function attempt(): Promise<AttemptRow> {
  const [row] = await fresh.database.query<AttemptRow>(
    `select state, waiting, pending_until, failure ->> 'class' as class, failure ->> 'sentence' as sentence,
       failure #>> '{detail,reported}' as reported from attempt`,
  );
  return row!;
}

/** A run of one task whose attempt was launched; failures of every class are final. */
async function launched(executor: ScriptedExecutor, workload: 'worker' | 'image' = 'worker'): Promise<[number, Order]> {
  const action = { action: 'fail' } as const;
  const options = { onFailure: { disrupted: action, storage_limit: action } };
  const { spec } = dag('pending', {}, () => {
    if (workload === 'worker') task('a', options, async () => 7)();
    else kubernetesPod('a', { ...options, image: 'busybox', command: ['true'] });
  });
  await seedDag(fresh.database, spec);
  const runKey = await seedRun(fresh.database, 'pending', 'one');
  start(executor);
  await expect.poll(() => executor.launched.length, PATIENCE).toBe(1);
  return [runKey, executor.launched[0]!];
}

async function reportToldToEnd({ attemptId }: Order): Promise<void> {
  const outcome = { kind: 'failed', failure: { class: 'disrupted', sentence: TOLD, retryable: true, detail: {} } };
  const asked = { attemptId, nonce: 'n', tokenHash: TOKEN, hostname: 'h', pid: 1, podShape: null, pod: null };
  await grantClaims(fresh.database, [asked], 60);
  const report = {
    attemptId,
    tokenHash: TOKEN,
    outcome: JSON.stringify(outcome),
    factBody: JSON.stringify({ outcome }),
  };
  expect(await recordReports(fresh.database, [{ ...report, log: null }])).toEqual([attemptId]);
}

function ended({ attemptId }: Order, failureClass: FailureClass, provenDead = true): EndedFact {
  const failure = { class: failureClass, sentence: `Seen: ${failureClass}.`, retryable: true, detail: {} };
  return { kind: 'ended', attemptId, place: null, ending: { failure, provenDead } };
}

test('what the pod says of its end goes before a worker that only knows that it was told to end [P1 P6]', async () => {
  const executor = new ScriptedExecutor(() => [], { evidenceSeconds: 60 });
  const [runKey, order] = await launched(executor);
  await reportToldToEnd(order);
  await expect.poll(async () => (await attempt()).pending_until, PATIENCE).not.toBeNull();
  expect(await attempt()).toMatchObject({
    state: 'running',
    waiting: expect.stringMatching(/for its pod to say why\.$/),
  });
  await executor.tell([ended(order, 'storage_limit')]);
  expect(await runEnded(fresh.database, runKey)).toBe('failed');
  expect(await attempt()).toMatchObject({
    class: 'storage_limit',
    sentence: expect.stringMatching(/^Seen: storage_limit\./),
    reported: TOLD,
  });
});

test('an end that came before the report says why as well', async () => {
  const executor = new ScriptedExecutor(() => [], { evidenceSeconds: 60 });
  const [runKey, order] = await launched(executor);
  await executor.tell([{ kind: 'claimed', attemptId: order.attemptId }, ended(order, 'storage_limit', false)]);
  await expect.poll(async () => (await attempt()).waiting, PATIENCE).toMatch(/until its lease has ended/);
  await reportToldToEnd(order);
  expect(await runEnded(fresh.database, runKey)).toBe('failed');
  expect(await attempt()).toMatchObject({ class: 'storage_limit', reported: TOLD });
});

test('the report stands when no pod says more in time', async () => {
  const [runKey, order] = await launched(new ScriptedExecutor(() => [], { evidenceSeconds: 2 }));
  await reportToldToEnd(order);
  expect(await runEnded(fresh.database, runKey)).toBe('failed');
  expect(await attempt()).toMatchObject({
    class: 'disrupted',
    sentence: expect.stringContaining(TOLD),
    reported: null,
  });
});

test('another scheduler goes on with a wait for the end, its reason and its time', async () => {
  const executor = new ScriptedExecutor(() => [], { evidenceSeconds: 60 });
  const [runKey, order] = await launched(executor);
  await reportToldToEnd(order);
  await expect.poll(async () => (await attempt()).pending_until, PATIENCE).not.toBeNull();
  await engines[0]!.stop();
  const second = new ScriptedExecutor(() => [], { evidenceSeconds: 60 });
  const engine = start(second);
  await expect.poll(() => engine.leadership.id, PATIENCE).not.toBeNull();
  await second.tell([ended(order, 'storage_limit')]);
  expect(await runEnded(fresh.database, runKey)).toBe('failed');
  expect(await attempt()).toMatchObject({ class: 'storage_limit', reported: TOLD });
});

test('the end of an image that nobody saw die is held in the database, and counts in time whatever becomes of the scheduler [I03 P21]', async () => {
  const executor = new ScriptedExecutor(() => []);
  const [runKey, order] = await launched(executor, 'image');
  await executor.tell([{ ...ended(order, 'disrupted', false), holdSeconds: 3 }]);
  await expect.poll(async () => (await attempt()).pending_until, PATIENCE).not.toBeNull();
  const { pending_until: until, waiting } = await attempt();
  expect(waiting).toMatch(/may live on where nobody sees it/);
  await engines[0]!.stop();
  start(new ScriptedExecutor(() => []));
  expect(await runEnded(fresh.database, runKey)).toBe('failed');
  expect(await attempt()).toMatchObject({ class: 'disrupted', pending_until: until });
  const [row] = await fresh.database.query<{ held: boolean }>('select ended_at >= pending_until as held from attempt');
  expect(row!.held).toBe(true);
});

test('a certain end of an image counts at once although an uncertain one is held', async () => {
  const executor = new ScriptedExecutor(() => []);
  const [runKey, order] = await launched(executor, 'image');
  await executor.tell([{ ...ended(order, 'disrupted', false), holdSeconds: 600 }]);
  await executor.tell([{ ...ended(order, 'disrupted', false), holdSeconds: 600 }]);
  await executor.tell([ended(order, 'storage_limit')]);
  expect(await runEnded(fresh.database, runKey)).toBe('failed');
  expect(await attempt()).toMatchObject({ class: 'storage_limit' });
});
