import type { AttemptFact, Order } from '@gantry/sdk/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../../../../test/support/api-server.ts';
import { type RunningEngine, startEngine } from '../../../../../test/support/engine-harness.ts';
import { type FreshDatabase, freshDatabase } from '../../../../../test/support/fresh-database.ts';
import { seedRun } from '../../../../../test/support/seed-dag.ts';
import { ScriptedExecutor, success, userError } from '../../engine/scripted-executor.ts';
import { storeTestingDag, testingSpec, testingTask } from '../testing-run.ts';

let fresh: FreshDatabase;
let api: RunningApi;
let engine: RunningEngine;
let executor: ScriptedExecutor;
let script: (order: Order) => AttemptFact[];

const DAILY = testingSpec('daily', [testingTask('a')], {
  schedule: { kind: 'cron', expression: '0 0 * * *', timezone: 'UTC', interval: true },
});
/** Five days. */
const DAYS = { dag_id: 'daily', from_date: '2026-03-01T00:00:00Z', to_date: '2026-03-05T00:00:00Z' };
const PATIENCE = { timeout: 20_000 };

beforeEach(async () => {
  fresh = await freshDatabase();
  api = await startApi(fresh.database);
  script = success;
  executor = new ScriptedExecutor((order) => script(order));
  engine = startEngine(fresh.database, [executor]);
  await storeTestingDag(fresh.database, DAILY);
  await fresh.database.query('update dag set is_paused = false');
});
afterEach(async () => {
  await engine.stop();
  await api.server.close();
  await fresh.drop();
});

const make = (more: object = {}) => api.call('/api/v2/backfills', { body: { ...DAYS, ...more } });
const read = async (id: number) => (await api.call(`/api/v2/backfills/${id}`)).body;
const put = (id: number, what: string) => api.call(`/api/v2/backfills/${id}/${what}`, { method: 'PUT' });
const completed = (id: number) => expect.poll(async () => (await read(id)).completed_at, PATIENCE).not.toBeNull();
const states = async (): Promise<string[]> =>
  (
    await fresh.database.query<{ shown: string }>(
      `select to_char(logical_date, 'DD') || ' ' || run_type || ' ' || state as shown from dag_run order by logical_date`,
    )
  ).map(({ shown }) => shown);
/** A run of that day that ended so. */
async function ended(day: number, state: 'success' | 'failed'): Promise<void> {
  script = state === 'success' ? success : userError;
  const runKey = await seedRun(fresh.database, 'daily', `day-${day}`);
  await fresh.database.query('update dag_run set logical_date = $2 where run_key = $1', [
    runKey,
    `2026-03-0${day}T00:00:00Z`,
  ]);
  await expect.poll(states, PATIENCE).toContain(`0${day} manual ${state}`);
  script = success;
}
/** Claimed and under way until the test says more. */
const begins = (order: Order): AttemptFact[] => [{ kind: 'claimed', attemptId: order.attemptId }];

describe('a backfill', () => {
  test('makes a run for each logical date of the range, and is completed when the last one has ended', async () => {
    const { status, body } = await make({ dag_run_conf: { region: 'north' } });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ dag_id: 'daily', is_paused: false, reprocess_behavior: 'none', max_active_runs: 10, created_by: 'admin' },
      ...{ from_date: '2026-03-01T00:00:00.000Z', to_date: '2026-03-05T00:00:00.000Z' },
      dag_run_conf: { region: 'north' },
    });
    await completed(body.id);
    expect(await states()).toEqual([1, 2, 3, 4, 5].map((day) => `0${day} backfill success`));
    expect((await read(body.id)).run_counts).toEqual({ success: 5 });
    const run = (await api.call('/api/v2/dags/daily/dagRuns/backfill__2026-03-01T00:00:00+00:00')).body;
    expect(run).toMatchObject({
      ...{ conf: { region: 'north' }, triggered_by: 'backfill', triggering_user_name: 'admin' },
      data_interval_end: '2026-03-02T00:00:00.000Z',
    });
    expect((await api.call('/api/v2/backfills?active=false&dag_id=daily')).body.total_entries).toBe(1);
  });

  test('has at most max_active_runs runs under way, oldest first or backwards, beside the runs of its DAG', async () => {
    script = begins;
    await fresh.database.query('update dag set max_active_runs = 1');
    const { body } = await make({ max_active_runs: 2, run_backwards: true });
    await expect.poll(() => executor.launched.length, PATIENCE).toBe(2);
    expect(await states()).toEqual([
      ...['01 backfill queued', '02 backfill queued', '03 backfill queued'],
      ...['04 backfill running', '05 backfill running'],
    ]);
    await seedRun(fresh.database, 'daily', 'by hand');
    await expect.poll(() => executor.launched.map(({ runId }) => runId), PATIENCE).toContain('by hand');
    expect((await read(body.id)).run_counts).toEqual({ queued: 3, running: 2 });
  });

  test.each([
    ['none', { success: 3, 'already exists': 2 }],
    ['failed', { success: 4, 'already exists': 1 }],
    ['completed', { success: 5 }],
  ])('with reprocess_behavior %s runs again what it says, and nothing twice [I27]', async (behavior, counts) => {
    await ended(1, 'success');
    await ended(2, 'failed');
    const before = executor.launched.length;
    const dry = (await api.call('/api/v2/backfills/dry_run', { body: { ...DAYS, reprocess_behavior: behavior } })).body;
    const { body } = await make({ reprocess_behavior: behavior });
    await completed(body.id);
    expect((await read(body.id)).run_counts).toEqual(counts);
    expect(executor.launched.length - before).toBe(counts.success);
    expect(dry.total_entries).toBe(5);
    expect(dry.backfills.filter((one: { left_out: unknown }) => one.left_out === null)).toHaveLength(counts.success);
    expect(await fresh.database.query('select count(*)::integer as n from dag_run')).toEqual([{ n: 5 }]);
  });

  test('that is paused starts nothing more, and goes on when it is unpaused', async () => {
    script = begins;
    const { body } = await make({ max_active_runs: 1 });
    await expect.poll(() => executor.launched.length, PATIENCE).toBe(1);
    expect((await put(body.id, 'pause')).body.is_paused).toBe(true);
    script = success;
    await executor.tell(success(executor.launched[0]!).slice(1));
    await expect.poll(async () => (await read(body.id)).run_counts, PATIENCE).toEqual({ success: 1, queued: 4 });
    await seedRun(fresh.database, 'daily', 'by hand');
    await expect.poll(() => executor.launched.length, PATIENCE).toBe(2);
    expect((await read(body.id)).run_counts).toEqual({ success: 1, queued: 4 });
    await put(body.id, 'unpause');
    await completed(body.id);
    expect((await read(body.id)).run_counts).toEqual({ success: 5 });
  });

  test('that is cancelled fails what has not started and lets the rest go on; then it cannot be changed', async () => {
    script = begins;
    const { body } = await make({ max_active_runs: 1 });
    await expect.poll(() => executor.launched.length, PATIENCE).toBe(1);
    const cancelled = await put(body.id, 'cancel');
    expect(cancelled.body).toMatchObject({ is_paused: true, run_counts: { running: 1, failed: 4 } });
    expect(cancelled.body.completed_at).not.toBeNull();
    expect(executor.launched).toHaveLength(1);
    await executor.tell(success(executor.launched[0]!).slice(1));
    await expect.poll(async () => (await read(body.id)).run_counts, PATIENCE).toEqual({ success: 1, failed: 4 });
    for (const what of ['pause', 'unpause', 'cancel']) {
      expect(await put(body.id, what)).toEqual({
        status: 409,
        body: { code: 'conflict', detail: `The backfill ${body.id} of the DAG daily is over.` },
      });
    }
  });

  test('goes on under another scheduler, and a run of an ended one may be cleared', async () => {
    script = begins;
    const { body } = await make({ max_active_runs: 1 });
    await expect.poll(() => executor.launched.length, PATIENCE).toBe(1);
    const [order] = executor.launched;
    await expect.poll(states, PATIENCE).toContain('01 backfill running');
    await engine.stop();
    script = success;
    executor = new ScriptedExecutor((order) => script(order));
    engine = startEngine(fresh.database, [executor]);
    // The first engine's executor is gone; its worker's report comes as a row.
    await fresh.database.query(
      `insert into fact (run_key, attempt_id, kind, body) values ($1, $2, 'reported', $3::jsonb)`,
      [
        order!.runKey,
        order!.attemptId,
        JSON.stringify({ outcome: { kind: 'success', result: null, xcoms: {}, skip: null } }),
      ],
    );
    await completed(body.id);
    const run = '/api/v2/dags/daily/dagRuns/backfill__2026-03-02T00:00:00+00:00';
    const again = await api.call(`${run}/clear`, { body: { dry_run: false } });
    expect(again.status).toBe(200);
    await expect.poll(() => executor.launched.length, PATIENCE).toBe(5);
    await expect.poll(async () => (await api.call(run)).body.state, PATIENCE).toBe('success');
  });
});

describe('what cannot be filled is refused with a sentence', () => {
  test.each([
    [404, { dag_id: 'nothing' }, 'There is no DAG nothing.'],
    [422, { to_date: '2026-02-01T00:00:00Z' }, 'body: from_date is later than to_date.'],
    [400, { to_date: '2100-01-01T00:00:00Z' }, 'in the future'],
    [400, { from_date: '1900-01-01T00:00:00Z' }, 'more than 10000 runs'],
    [422, { max_active_runs: 0 }, 'max_active_runs'],
    [422, { reprocess_behavior: 'all' }, 'reprocess_behavior'],
  ])('%i for %j', async (status, more, sentence) => {
    const answer = await make(more);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body.detail)).toContain(sentence);
  });

  test('a second one of the same DAG while the first is under way', async () => {
    script = begins;
    expect((await make()).status).toBe(200);
    expect((await make()).status).toBe(409);
  });

  test('a DAG without a schedule, and backwards over tasks that depend on their past', async () => {
    await storeTestingDag(fresh.database, testingSpec('unscheduled', [testingTask('a')]));
    expect((await make({ dag_id: 'unscheduled' })).status).toBe(409);
    const chained = testingSpec('chained', [testingTask('a', { dependsOnPast: true })], { schedule: DAILY.schedule });
    await storeTestingDag(fresh.database, chained);
    const backwards = await make({ dag_id: 'chained', run_backwards: true });
    expect(backwards.status).toBe(422);
    expect(JSON.stringify(backwards.body)).toContain('dependsOnPast');
  });

  test('a number that no backfill has', async () => {
    for (const answer of [await api.call('/api/v2/backfills/77'), await put(77, 'pause'), await put(77, 'cancel')])
      expect(answer).toEqual({ status: 404, body: { code: 'not_found', detail: 'There is no backfill 77.' } });
  });
});
