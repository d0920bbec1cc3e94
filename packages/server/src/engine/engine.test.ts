import { branch, chain, dag, empty, task } from '@gantry/sdk';
import type { AttemptFact, FailureClass, Order } from '@gantry/sdk/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningEngine, runEnded, startEngine, taskStates } from '../../../../test/support/engine-harness.ts';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { seedDag, seedRun } from '../../../../test/support/seed-dag.ts';
import type { EngineEvents } from './engine-events.ts';
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

function start(executor: ScriptedExecutor, options: Parameters<typeof startEngine>[2] = {}): RunningEngine {
  const engine = startEngine(fresh.database, [executor], options);
  engines.push(engine);
  return engine;
}

const step = (id: string, options = {}) => task(id, options, async () => {});

async function queued(spec: ReturnType<typeof dag>['spec']): Promise<number> {
  await seedDag(fresh.database, spec);
  return seedRun(fresh.database, spec.dagId, 'one');
}

async function first<Row>(text: string, values: unknown[] = []): Promise<Row | undefined> {
  return (await fresh.database.query<Row>(text, values))[0];
}

test('a chain runs in order and the run succeeds', async () => {
  const { spec } = dag('chain', {}, () => {
    chain(step('a')(), step('b')(), empty('c'), step('d')());
  });
  const runKey = await queued(spec);
  const executor = new ScriptedExecutor(success);
  start(executor);
  expect(await runEnded(fresh.database, runKey)).toBe('success');
  expect(executor.launched.map((order) => order.taskId)).toEqual(['a', 'b', 'd']);
  expect(await taskStates(fresh.database, runKey)).toEqual({ a: 'success', b: 'success', c: 'success', d: 'success' });
  await expect
    .poll(() => executor.stopped.map((request) => request.why))
    .toEqual(['succeeded', 'succeeded', 'succeeded']);
});

test('a failed task without retries fails what follows, and the run', async () => {
  const { spec } = dag('broken', {}, () => {
    chain(step('a')(), step('b')());
  });
  const runKey = await queued(spec);
  start(new ScriptedExecutor((order) => userError(order)));
  expect(await runEnded(fresh.database, runKey)).toBe('failed');
  expect(await taskStates(fresh.database, runKey)).toEqual({ a: 'failed', b: 'upstream_failed' });
});

test('a retry is a new attempt of the next try', async () => {
  const { spec } = dag('flaky', {}, () => {
    step('a', { retries: 2, retryDelay: 0 })();
  });
  const runKey = await queued(spec);
  const executor = new ScriptedExecutor((order) => (order.tryNumber < 3 ? userError(order) : success(order)));
  start(executor);
  expect(await runEnded(fresh.database, runKey)).toBe('success');
  expect(executor.launched.map((order) => order.tryNumber)).toEqual([1, 2, 3]);
  expect(new Set(executor.launched.map((order) => order.attemptId)).size).toBe(3);
});

test('a run keeps the version it was made with when one of its tasks is renamed meanwhile [F84]', async () => {
  const made = (second: string) =>
    dag('renamed', {}, () => {
      chain(step('a')(), step(second)());
    }).spec;
  const runKey = await queued(made('b'));
  await fresh.database.query(
    `insert into dag_version (dag_id, version, spec, spec_digest, bundle_digest, source)
     select dag_id, 2, $1, 'other', bundle_digest, source from dag_version`,
    [JSON.stringify(made('c'))],
  );
  await fresh.database.query('update dag set current_version = 2');
  const later = await seedRun(fresh.database, 'renamed', 'two', 2);
  start(new ScriptedExecutor(success));
  expect(await runEnded(fresh.database, runKey)).toBe('success');
  expect(await runEnded(fresh.database, later)).toBe('success');
  expect(await taskStates(fresh.database, runKey)).toEqual({ a: 'success', b: 'success' });
  expect(await taskStates(fresh.database, later)).toEqual({ a: 'success', c: 'success' });
});

test('a pool is never exceeded, whatever asks at once [I28]', async () => {
  await fresh.database.query(`insert into pool (name, slots) values ('narrow', 3)`);
  const { spec } = dag('wide', { maxActiveTasks: 1000 }, () => {
    for (let index = 0; index < 20; index += 1) step(`t${index}`, { pool: 'narrow', poolSlots: 1 + (index % 2) })();
  });
  const runKey = await queued(spec);
  let most = 0;
  const executor = new ScriptedExecutor((order: Order) => {
    void (async () => {
      const row = await first<{ used: number }>(
        `select sum(pool_slots)::integer as used from attempt where state in ('queued', 'running')`,
      );
      most = Math.max(most, row!.used);
      await executor.tell(success(order));
    })();
    return [];
  });
  start(executor);
  expect(await runEnded(fresh.database, runKey)).toBe('success');
  expect(most).toBeLessThanOrEqual(3);
  expect(most).toBeGreaterThan(0);
});

test('another scheduler takes over what a vanished one led, launches what was queued again, and repeats nothing [I31 R1 R2]', async () => {
  const { spec } = dag('passed-on', { maxActiveTasks: 1000 }, () => {
    for (let index = 0; index < 10; index += 1) step(`t${index}`)();
  });
  const runKey = await queued(spec);
  const silent = new ScriptedExecutor(() => []);
  const gone = start(silent);
  await expect.poll(() => silent.launched.length).toBe(10);
  const { id } = gone.leadership;
  await gone.stop();
  await fresh.database.query('update dag_run set leader = $1 where run_key = $2', [id, runKey]);
  const second = new ScriptedExecutor(success);
  start(second);
  expect(await runEnded(fresh.database, runKey)).toBe('success');
  const ids = (executor: ScriptedExecutor): string[] => executor.launched.map((order) => order.attemptId).sort();
  expect(ids(second)).toEqual(ids(silent));
  expect(await first('select count(*) from attempt where run_key = $1', [runKey])).toEqual({ count: 10 });
});

test('a scheduler that wakes after its lease commits nothing under it [I32 R14]', async () => {
  const { spec } = dag('paused', {}, () => {
    step('a')();
  });
  const runKey = await queued(spec);
  const executor = new ScriptedExecutor(() => []);
  let lost = 0;
  const events: Partial<EngineEvents> = {
    lead: ({ kind }) => {
      lost += Number(kind === 'lost');
    },
    trouble: () => {
      lost += 1;
    },
  };
  const { leadership } = start(executor, { events });
  await expect.poll(() => executor.launched.length).toBe(1);
  await fresh.database.query('update service set lease_until = clock_timestamp() where id = $1', [leadership.id]);
  await executor.tell(success(executor.launched[0]!)).catch(() => {});
  await expect.poll(() => lost).toBeGreaterThan(0);
  await executor.tell(success(executor.launched[0]!)).catch(() => {});
  expect(await runEnded(fresh.database, runKey)).toBe('success');
  expect(await first('select fence from dag_run where run_key = $1', [runKey])).toEqual({ fence: 2 });
});

test('a report that was committed before an ending is seen decides, not the ending [I10 I16 R13 F13]', async () => {
  const { spec } = dag('crossed', {}, () => {
    step('a')();
  });
  const runKey = await queued(spec);
  const executor = new ScriptedExecutor(() => []);
  start(executor);
  await expect.poll(() => executor.launched.length).toBe(1);
  const { attemptId } = executor.launched[0]!;
  const outcome = { kind: 'success', result: 42, xcoms: { extra: 'x' }, skip: null };
  await fresh.database.transaction(async (tx) => {
    await tx.query(
      `update attempt set nonce = 'n', claimed_at = now(), reported_at = now(), outcome = $2 where id = $1`,
      [attemptId, JSON.stringify(outcome)],
    );
    await tx.query(`insert into fact (run_key, attempt_id, kind, body) values ($1, $2, 'reported', $3)`, [
      runKey,
      attemptId,
      JSON.stringify({ outcome }),
    ]);
  });
  await executor.tell([{ kind: 'ended', attemptId, place: null, ending: { failure: null, provenDead: true } }]);
  expect(await runEnded(fresh.database, runKey)).toBe('success');
  const xcoms = await fresh.database.query('select key, value from xcom where run_key = $1 order by key', [runKey]);
  expect(xcoms).toEqual([
    { key: 'extra', value: 'x' },
    { key: 'return_value', value: 42 },
  ]);
});

test('a branch skips what it does not follow, and the join goes on by its rule', async () => {
  const { spec } = dag('branching', {}, () => {
    const choose = branch('choose', async () => 'left')();
    const join = step('join', { triggerRule: 'none_failed_min_one_success' })();
    chain(choose, [step('left')(), step('right')()], join);
  });
  const runKey = await queued(spec);
  const skip = { kind: 'branch', follow: ['left'] } as const;
  const executor = new ScriptedExecutor(({ attemptId, taskId }) => [
    { kind: 'claimed', attemptId },
    {
      kind: 'reported',
      attemptId,
      outcome: { kind: 'success', result: null, xcoms: {}, skip: taskId === 'choose' ? skip : null },
    },
  ]);
  start(executor);
  expect(await runEnded(fresh.database, runKey)).toBe('success');
  const states = { choose: 'success', left: 'success', right: 'skipped', join: 'success' };
  expect(await taskStates(fresh.database, runKey)).toEqual(states);
});

test('a scheduled DAG with catch-up makes each missed run once, in order, within its limit of active runs', async () => {
  const day = 86_400_000;
  const begin = Math.floor(Date.now() / day) * day - 3 * day;
  const options = { schedule: '@daily', startDate: new Date(begin).toISOString(), catchup: true, maxActiveRuns: 1 };
  const { spec } = dag('daily', options, () => {
    step('a', { dependsOnPast: true })();
  });
  await seedDag(fresh.database, spec);
  const executor = new ScriptedExecutor(success);
  start(executor);
  await expect.poll(() => executor.launched.length, { timeout: 20_000 }).toBe(4);
  const expected = [0, 1, 2, 3].map((n) => `scheduled__${new Date(begin + n * day).toISOString().slice(0, 19)}+00:00`);
  expect(executor.launched.map((order) => order.runId)).toEqual(expected);
  const row = await first<{ next: string }>('select next_run_after as next from dag');
  expect(Date.parse(row!.next)).toBe(begin + 4 * day);
});

test('what depends on its past waits for it with a sentence', async () => {
  const { spec } = dag('past', { maxActiveRuns: 5 }, () => {
    step('a', { dependsOnPast: true })();
  });
  const one = await queued(spec);
  const two = await seedRun(fresh.database, 'past', 'two');
  const executor = new ScriptedExecutor(() => []);
  start(executor);
  const reason = async (): Promise<string | undefined> =>
    (await first<{ reason: string }>('select reason from task_instance where run_key = $1', [two]))?.reason;
  await expect.poll(reason).toMatch(/Depends on its past/);
  expect(executor.launched.map((order) => order.runId)).toEqual(['one']);
  await executor.tell(success(executor.launched[0]!));
  expect(await runEnded(fresh.database, one)).toBe('success');
  await expect.poll(() => executor.launched.length).toBe(2);
});

test('an attempt that never starts is given up after the queued timeout without spending a retry [I14 R10]', async () => {
  const { spec } = dag('stuck', {}, () => {
    step('a')();
  });
  const runKey = await queued(spec);
  const executor = new ScriptedExecutor(() => []);
  start(executor, { queuedTimeoutSeconds: 0.1 });
  const failures = async (): Promise<unknown> =>
    (await first<{ failures: unknown }>('select failures from task_instance where run_key = $1', [runKey]))?.failures;
  await expect.poll(failures, { timeout: 10_000 }).toEqual({ never_started: { total: 1, free: 1 } });
  const attempt = await first<{ failure: { class: string } }>('select failure from attempt');
  expect(attempt!.failure.class).toBe('never_started');
  await expect
    .poll(() => executor.stopped.map((request) => request.attemptId))
    .toEqual([executor.launched[0]!.attemptId]);
});

/** An attempt that a pod ended so, proven dead. */
const endedBy =
  (name: FailureClass) =>
  ({ attemptId }: Order): AttemptFact[] => {
    const failure = { class: name, sentence: `It was ${name}.`, retryable: true, detail: {} };
    return [
      { kind: 'claimed', attemptId },
      { kind: 'ended', attemptId, place: null, ending: { failure, provenDead: true } },
    ];
  };

test('budgets and the growth of memory go on where they were when another scheduler takes over between attempts', async () => {
  const { spec } = dag('budgets', {}, () => {
    step('a', {
      retries: 2,
      retryDelay: 0,
      onFailure: { disrupted: { action: 'retry_free', budget: 2, backoff: { first: 0 } } },
      onOom: { factor: 2, max: '8Gi' },
    })();
  });
  const runKey = await queued(spec);
  const classes = ['out_of_memory', 'disrupted', 'out_of_memory', 'disrupted', 'disrupted', 'disrupted'] as const;
  const layers: Order['layers']['retry'][] = [];
  for (const name of classes) {
    // Each scheduler sees one attempt begin and end, and is gone before the next begins.
    const executor: ScriptedExecutor = new ScriptedExecutor((order) => {
      executor.slots = 0;
      return endedBy(name)(order);
    });
    const engine = start(executor);
    const ended = async (): Promise<number> =>
      (await first<{ n: number }>("select count(*)::integer as n from attempt where state = 'failed'"))!.n;
    const before = layers.length;
    await expect.poll(ended, { timeout: 20_000 }).toBe(before + 1);
    layers.push(...executor.launched.map((order) => order.layers.retry));
    expect(executor.launched).toHaveLength(1);
    await engine.stop();
  }
  expect(layers.map((rule) => rule?.times ?? 0)).toEqual([0, 1, 1, 2, 2, 2]);
  const row = await first<object>('select state, try_number, failures, reason from task_instance where run_key = $1', [
    runKey,
  ]);
  expect(row).toEqual({
    state: 'failed',
    try_number: 3,
    failures: { out_of_memory: { total: 2, free: 0 }, disrupted: { total: 4, free: 2 } },
    reason: 'It was disrupted. It was disrupted 3 times in this try: the 2 free retries of this class are spent.',
  });
});

test('an ending without proof of death waits for the lease before the next attempt [I03 P21]', async () => {
  const { spec } = dag('vanished', {}, () => {
    step('a', { retries: 1, retryDelay: 0 })();
  });
  await queued(spec);
  const executor = new ScriptedExecutor(() => []);
  start(executor);
  await expect.poll(() => executor.launched.length).toBe(1);
  const { attemptId } = executor.launched[0]!;
  await executor.tell([{ kind: 'claimed', attemptId }]);
  const failure = { class: 'disrupted', sentence: 'The pod vanished.', retryable: true, detail: {} } as const;
  await executor.tell([{ kind: 'ended', attemptId, place: null, ending: { failure, provenDead: false } }]);
  const row = await first<{ state: string; waiting: string }>('select state, waiting from attempt where id = $1', [
    attemptId,
  ]);
  expect(row!.state).toBe('running');
  expect(row!.waiting).toMatch(/The pod vanished. Waiting until its lease has ended/);
});

test('a run that takes longer than its time-out skips what is left, stops what runs and fails', async () => {
  const { spec } = dag('slow', { dagrunTimeout: 1 }, () => {
    chain(step('a')(), step('b')());
  });
  const runKey = await queued(spec);
  const executor = new ScriptedExecutor((order) => [{ kind: 'claimed', attemptId: order.attemptId }]);
  start(executor);
  expect(await runEnded(fresh.database, runKey)).toBe('failed');
  expect(await taskStates(fresh.database, runKey)).toEqual({ a: 'skipped', b: 'skipped' });
  await expect.poll(() => executor.stopped.map((request) => request.why)).toEqual(['kill']);
});
