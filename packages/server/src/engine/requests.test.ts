import { branch, chain, dag, task } from '@gantry/sdk';
import type { AttemptFact, Order, RequestFact } from '@gantry/sdk/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningEngine, runEnded, startEngine, taskStates } from '../../../../test/support/engine-harness.ts';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { seedDag, seedRun } from '../../../../test/support/seed-dag.ts';
import { grantClaims } from '../store/grant-claims.ts';
import { areWaiting, insertRequests } from '../store/insert-request.ts';
import { recordReports } from '../store/record-reports.ts';
import { ScriptedExecutor, success, userError } from './scripted-executor.ts';

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

const PATIENCE = { timeout: 20_000 };
const step = (id: string, options = {}) => task(id, options, async () => {});
const claimed = (order: Order): AttemptFact[] => [{ kind: 'claimed', attemptId: order.attemptId }];

function start(executor: ScriptedExecutor, options: Parameters<typeof startEngine>[2] = {}): RunningEngine {
  const engine = startEngine(fresh.database, [executor], options);
  engines.push(engine);
  return engine;
}

async function queued(spec: ReturnType<typeof dag>['spec']): Promise<number> {
  await seedDag(fresh.database, spec);
  return seedRun(fresh.database, spec.dagId, 'one');
}

async function first<Row>(text: string, values: unknown[] = []): Promise<Row> {
  return (await fresh.database.query<Row>(text, values))[0]!;
}

const tasks = (...ids: string[]) => ids.map((taskId) => ({ taskId, mapIndex: null }));
const clear = (ids: string[], more: Partial<RequestFact & { kind: 'clear_tasks' }> = {}): RequestFact => ({
  ...{ kind: 'clear_tasks', tasks: tasks(...ids), only: null, reopen: true, requestedBy: 'ann' },
  ...more,
});
const mark = (state: 'success' | 'failed' | 'skipped', ...ids: string[]): RequestFact => ({
  ...{ kind: 'mark_tasks', tasks: tasks(...ids), state, requestedBy: 'ann' },
});

/** Sends a request and waits until it is applied. */
async function ask(runKey: number, request: RequestFact): Promise<void> {
  const ids = await insertRequests(fresh.database, [{ runKey, request }]);
  await expect.poll(() => areWaiting(fresh.database, ids), PATIENCE).toBe(false);
}

const runState = async (runKey: number): Promise<string> =>
  (await first<{ state: string }>('select state from dag_run where run_key = $1', [runKey])).state;
const stateOf = async (runKey: number, taskId: string): Promise<string> =>
  (await taskStates(fresh.database, runKey))[taskId]!;
const attemptOf = (id: string) =>
  first<{ state: string; stop_sentence: string | null; outcome: unknown }>(
    'select state, stop_sentence, outcome from attempt where id = $1',
    [id],
  );
const dead = (attemptId: string): AttemptFact => ({
  ...{ kind: 'ended', attemptId, place: null },
  ending: { failure: { class: 'killed', sentence: 'Killed.', retryable: false, detail: {} }, provenDead: true },
});
const openSlots = async () =>
  (await first<{ n: number }>("select count(*)::integer as n from attempt where state in ('queued', 'running')")).n;

test('clearing a failed task of a run that is over opens the run again, with new tries after the old ones', async () => {
  const { spec } = dag('again', {}, () => {
    chain(step('a', { retries: 1, retryDelay: 0 })(), step('b')());
  });
  const runKey = await queued(spec);
  let isBroken = true;
  const executor = new ScriptedExecutor((order) => (isBroken ? userError(order) : success(order)));
  start(executor);
  expect(await runEnded(fresh.database, runKey)).toBe('failed');
  isBroken = false;
  await ask(runKey, clear(['a', 'b']));
  await expect.poll(() => runState(runKey), PATIENCE).toBe('success');
  expect(executor.launched.map(({ taskId, tryNumber }) => `${taskId}${tryNumber}`)).toEqual(['a1', 'a2', 'a3', 'b1']);
  const row = await first('select try_number, max_tries, failures from task_instance where run_key = $1', [runKey]);
  expect(row).toEqual({ try_number: 3, max_tries: 3, failures: {} });
  expect(await first('select leader from dag_run')).toEqual({ leader: null });
});

test('the XComs of what is cleared vanish at once, and a branch decides anew [I16]', async () => {
  const { spec } = dag('anew', {}, () => {
    const choose = branch('choose', async () => 'left')();
    chain(choose, [step('left')(), step('right')()]);
  });
  const runKey = await queued(spec);
  let follow = 'left';
  const executor = new ScriptedExecutor((order) => {
    if (order.taskId !== 'choose') return success(order);
    const skip = { kind: 'branch', follow: [follow] } as const;
    return [
      ...claimed(order),
      { kind: 'reported', attemptId: order.attemptId, outcome: { kind: 'success', result: 1, xcoms: {}, skip } },
    ];
  });
  start(executor);
  expect(await runEnded(fresh.database, runKey)).toBe('success');
  await fresh.database.query(
    `insert into xcom (run_key, task_index, map_index, key, value, attempt_id) select run_key, task_index, map_index, 'k', '1', id from attempt`,
  );
  follow = 'right';
  await ask(runKey, clear(['choose', 'left', 'right']));
  expect((await first<{ n: number }>('select count(*)::integer as n from xcom')).n).toBe(0);
  await expect.poll(() => runState(runKey), PATIENCE).toBe('success');
  expect(await taskStates(fresh.database, runKey)).toEqual({ choose: 'success', left: 'skipped', right: 'success' });
});

test('clearing a running task kills it, and the next try waits until it is proven dead [I03 I18]', async () => {
  const { spec } = dag('running', {}, () => {
    step('a')();
  });
  const runKey = await queued(spec);
  const executor = new ScriptedExecutor((order) => (order.tryNumber === 1 ? claimed(order) : success(order)));
  start(executor);
  await expect.poll(() => stateOf(runKey, 'a'), PATIENCE).toBe('running');
  const { attemptId } = executor.launched[0]!;
  await ask(runKey, clear(['a']));
  expect(await stateOf(runKey, 'a')).toBe('restarting');
  await expect.poll(() => executor.stopped.map(({ why }) => why)).toEqual(['kill']);
  expect(await attemptOf(attemptId)).toMatchObject({ state: 'running', stop_sentence: 'Cleared by ann.' });
  expect(executor.launched).toHaveLength(1);
  await executor.tell([dead(attemptId)]);
  await expect.poll(() => runState(runKey), PATIENCE).toBe('success');
  expect(executor.launched.map(({ tryNumber }) => tryNumber)).toEqual([1, 2]);
  expect((await attemptOf(attemptId)).state).toBe('abandoned');
});

test('without proof of death the try after a clear waits for the lease [I03]', async () => {
  const { spec } = dag('lease', {}, () => {
    step('a')();
  });
  const runKey = await queued(spec);
  const executor = new ScriptedExecutor((order) => (order.tryNumber === 1 ? claimed(order) : success(order)));
  start(executor, { heartbeatSeconds: 1 });
  await expect.poll(() => stateOf(runKey, 'a'), PATIENCE).toBe('running');
  const { attemptId } = executor.launched[0]!;
  await fresh.database.query(
    `update attempt set nonce = 'n', lease_until = clock_timestamp() + interval '1 hour' where id = $1`,
    [attemptId],
  );
  await ask(runKey, clear(['a']));
  const fact = dead(attemptId) as AttemptFact & { kind: 'ended' };
  await executor.tell([{ ...fact, ending: { ...fact.ending, provenDead: false } }]);
  expect(await stateOf(runKey, 'a')).toBe('restarting');
  expect(executor.launched).toHaveLength(1);
  await fresh.database.query(`update attempt set lease_until = clock_timestamp() - interval '1 minute' where id = $1`, [
    attemptId,
  ]);
  await expect.poll(() => runState(runKey), { timeout: 60_000 }).toBe('success');
}, 90_000);

test('a task that is marked while it runs has its mark at once; what it reports later stays in its attempt and changes nothing [I10 I18]', async () => {
  const { spec } = dag('marked', {}, () => {
    chain(step('a', { retries: 3 })(), step('b')());
  });
  const runKey = await queued(spec);
  const executor = new ScriptedExecutor((order) => (order.taskId === 'a' ? claimed(order) : success(order)));
  start(executor);
  await expect.poll(() => stateOf(runKey, 'a'), PATIENCE).toBe('running');
  const { attemptId } = executor.launched[0]!;
  await ask(runKey, mark('failed', 'a'));
  await expect.poll(() => runState(runKey), PATIENCE).toBe('failed');
  expect(await taskStates(fresh.database, runKey)).toEqual({ a: 'failed', b: 'upstream_failed' });
  expect(await openSlots()).toBe(1);
  const outcome = { kind: 'success', result: 1, xcoms: {}, skip: null } as const;
  await executor.tell([{ kind: 'reported', attemptId, outcome }]);
  await expect.poll(openSlots, PATIENCE).toBe(0);
  expect(await stateOf(runKey, 'a')).toBe('failed');
  expect(await first('select leader, state from dag_run')).toEqual({ leader: null, state: 'failed' });
  expect(await first('select reason from task_instance where task_id = $1', ['a'])).toEqual({
    reason: 'Marked failed by ann.',
  });
});

test('marking a failed task as success lets what failed because of it run, and the run ends well', async () => {
  const { spec } = dag('mended', {}, () => {
    chain(step('a')(), step('b')());
  });
  const runKey = await queued(spec);
  const executor = new ScriptedExecutor((order) => (order.taskId === 'a' ? userError(order) : success(order)));
  start(executor);
  expect(await runEnded(fresh.database, runKey)).toBe('failed');
  await ask(runKey, mark('success', 'a'));
  await expect.poll(() => runState(runKey), PATIENCE).toBe('success');
  expect(executor.launched.map(({ taskId }) => taskId)).toEqual(['a', 'b']);
});

test('marking a run failed fails what runs, skips what waits and ends the processes; it is led until they are gone', async () => {
  const { spec } = dag('given-up', {}, () => {
    chain(step('a')(), step('b')());
  });
  const runKey = await queued(spec);
  const executor = new ScriptedExecutor(claimed);
  start(executor);
  await expect.poll(() => stateOf(runKey, 'a'), PATIENCE).toBe('running');
  await ask(runKey, { kind: 'mark_run', state: 'failed', requestedBy: 'ann' });
  expect(await runState(runKey)).toBe('failed');
  expect(await taskStates(fresh.database, runKey)).toEqual({ a: 'failed', b: 'skipped' });
  await expect.poll(() => executor.stopped.map(({ why }) => why)).toEqual(['kill']);
  expect(await first('select leader is null as free from dag_run')).toEqual({ free: false });
  await executor.tell([dead(executor.launched[0]!.attemptId)]);
  await expect.poll(() => first('select leader is null as free from dag_run'), PATIENCE).toEqual({ free: true });
});

test('another scheduler ends what a killed one was about to end, and frees its slot [I29]', async () => {
  const { spec } = dag('passed', {}, () => {
    step('a')();
  });
  const runKey = await queued(spec);
  const silent = new ScriptedExecutor(claimed);
  const gone = start(silent);
  await expect.poll(() => stateOf(runKey, 'a'), PATIENCE).toBe('running');
  await ask(runKey, { kind: 'mark_run', state: 'failed', requestedBy: 'ann' });
  await gone.stop();
  const second = new ScriptedExecutor(() => []);
  start(second);
  await expect.poll(() => second.stopped.map(({ why }) => why), PATIENCE).toEqual(['kill']);
  await second.tell([dead(silent.launched[0]!.attemptId)]);
  await expect.poll(openSlots, PATIENCE).toBe(0);
});

test('a run that has not started can be marked, and a task that nobody claimed is free at once', async () => {
  const { spec } = dag('unstarted', { maxActiveRuns: 1 }, () => {
    step('a')();
  });
  const one = await queued(spec);
  const two = await seedRun(fresh.database, 'unstarted', 'two');
  const executor = new ScriptedExecutor((order) => (order.tryNumber === 1 ? [] : success(order)));
  start(executor);
  await expect.poll(() => executor.launched.length, PATIENCE).toBe(1);
  await ask(two, { kind: 'mark_run', state: 'success', requestedBy: 'ann' });
  expect(await runState(two)).toBe('success');
  expect(await taskStates(fresh.database, two)).toEqual({ a: 'success' });
  await ask(one, clear(['a']));
  expect(await runEnded(fresh.database, one)).toBe('success');
  expect(executor.launched.map(({ tryNumber }) => tryNumber)).toEqual([1, 2]);
  expect((await attemptOf(executor.launched[0]!.attemptId)).state).toBe('abandoned');
});

test('a request that only wants what failed or runs leaves alone what is no longer so', async () => {
  const { spec } = dag('only', {}, () => {
    step('a')();
    step('b')();
  });
  const runKey = await queued(spec);
  const executor = new ScriptedExecutor((order) => (order.taskId === 'a' ? success(order) : userError(order)));
  start(executor);
  expect(await runEnded(fresh.database, runKey)).toBe('failed');
  await ask(runKey, clear(['a', 'b'], { only: 'running' }));
  expect(await runState(runKey)).toBe('failed');
  await ask(runKey, clear(['a', 'b'], { only: 'failed' }));
  await expect.poll(() => executor.launched.map(({ taskId }) => taskId).sort(), PATIENCE).toEqual(['a', 'b', 'b']);
});

test('a clear that leaves the run as it is does not open it', async () => {
  const { spec } = dag('left', {}, () => {
    step('a')();
  });
  const runKey = await queued(spec);
  start(new ScriptedExecutor(success));
  expect(await runEnded(fresh.database, runKey)).toBe('success');
  await ask(runKey, clear(['a'], { reopen: false }));
  expect(await taskStates(fresh.database, runKey)).toEqual({ a: 'none' });
  expect(await runState(runKey)).toBe('success');
});

const TOKEN = '00'.repeat(32);

/** The worker claims, so that it may report although no scheduler runs. */
async function claim(attemptId: string): Promise<void> {
  const asked = { attemptId, nonce: 'n', tokenHash: TOKEN, hostname: 'h', pid: 1, podShape: null, pod: null };
  expect(await grantClaims(fresh.database, [asked], 60)).toHaveLength(1);
}

async function report(attemptId: string): Promise<void> {
  const outcome = { kind: 'success', result: null, xcoms: {}, skip: null };
  const told = { outcome: JSON.stringify(outcome), factBody: JSON.stringify({ outcome }), log: null };
  expect(await recordReports(fresh.database, [{ attemptId, tokenHash: TOKEN, ...told }])).toEqual([attemptId]);
}

const WAITING: readonly { readonly waiting: readonly string[]; readonly end: string }[] = [
  { waiting: ['mark failed', 'clear'], end: 'success' },
  { waiting: ['report', 'clear'], end: 'success' },
  { waiting: ['clear', 'report'], end: 'success' },
  { waiting: ['clear', 'clear', 'mark failed'], end: 'failed' },
  { waiting: ['mark failed', 'report', 'clear'], end: 'success' },
  { waiting: ['fail run', 'clear', 'report', 'mark failed', 'clear'], end: 'success' },
];

test.each(WAITING)(
  'what waited together for a scheduler is applied in its order and holds up nobody: $waiting [I05 I10 I29]',
  async ({ waiting, end }) => {
    const { spec } = dag('waited', { maxActiveRuns: 2 }, () => {
      step('a')();
    });
    const runKey = await queued(spec);
    const before = new ScriptedExecutor(() => []);
    const gone = start(before);
    await expect.poll(() => before.launched.length, PATIENCE).toBe(1);
    const { attemptId } = before.launched[0]!;
    await claim(attemptId);
    await expect.poll(() => stateOf(runKey, 'a'), PATIENCE).toBe('running');
    await gone.stop();

    const requests: Record<string, RequestFact> = {
      clear: clear(['a']),
      'mark failed': mark('failed', 'a'),
      'fail run': { kind: 'mark_run', state: 'failed', requestedBy: 'ann' },
    };
    for (const what of waiting) {
      if (what === 'report') await report(attemptId);
      else await insertRequests(fresh.database, [{ runKey, request: requests[what]! }]);
    }
    const other = await seedRun(fresh.database, 'waited', 'other');
    const troubles: unknown[] = [];
    const after = new ScriptedExecutor(success);
    start(after, { events: { trouble: (trouble) => troubles.push(trouble) } });
    expect(await runEnded(fresh.database, other)).toBe('success');
    await expect
      .poll(async () => {
        for (const stopped of after.stopped) await after.tell([dead(stopped.attemptId)]);
        return first(
          'select state, leader, (select count(*)::integer from fact) as facts from dag_run where run_key = $1',
          [runKey],
        );
      }, PATIENCE)
      .toEqual({ state: end, leader: null, facts: 0 });
    expect(troubles).toEqual([]);
  },
);
