import { randomUUID } from 'node:crypto';
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

const DAG = '/api/v2/dags/line';
const RUN = `${DAG}/dagRuns/one`;
/** a before b before c; b fails unless a test says otherwise. */
const LINE = testingSpec('line', [
  testingTask('a'),
  testingTask('b', { upstream: ['a'] }),
  testingTask('c', { upstream: ['b'] }),
]);

beforeEach(async () => {
  fresh = await freshDatabase();
  api = await startApi(fresh.database);
  script = (order) => (order.taskId === 'b' ? userError(order) : success(order));
  executor = new ScriptedExecutor((order) => script(order));
  engine = startEngine(fresh.database, [executor]);
  await storeTestingDag(fresh.database, LINE);
  await fresh.database.query('update dag set is_paused = false');
});
afterEach(async () => {
  await engine.stop();
  await api.server.close();
  await fresh.drop();
});

const PATIENCE = { timeout: 20_000 };
const runState = async (path = RUN): Promise<string> => (await api.call(path)).body.state;
const post = (path: string, body: unknown) => api.call(path, { body });
const patch = (path: string, body: unknown) => api.call(path, { method: 'PATCH', body });
const names = (body: { task_instances: readonly { task_id: string; dag_run_id: string; state: string | null }[] }) =>
  body.task_instances.map(({ task_id: task, state }) => `${task} ${state}`);

async function failedRun(runId = 'one'): Promise<void> {
  await seedRun(fresh.database, 'line', runId);
  await expect.poll(() => runState(`${DAG}/dagRuns/${runId}`), PATIENCE).toBe('failed');
}

describe('POST clearTaskInstances', () => {
  test('only shows which instances it would clear unless dry_run is false, and by default those that failed', async () => {
    await failedRun();
    const shown = await post(`${DAG}/clearTaskInstances`, { dag_run_id: 'one' });
    expect(names(shown.body)).toEqual(['b failed', 'c upstream_failed']);
    expect(shown.body.total_entries).toBe(2);
    expect(await runState()).toBe('failed');
  });

  test('clears them, the run goes on and ends by its tasks', async () => {
    await failedRun();
    script = success;
    const answer = await post(`${DAG}/clearTaskInstances`, { dag_run_id: 'one', dry_run: false });
    expect(answer.body.task_instances.map((row: { task_id: string }) => row.task_id)).toEqual(['b', 'c']);
    await expect.poll(() => runState(), PATIENCE).toBe('success');
    const { body } = await api.call(`${RUN}/taskInstances/b`);
    expect(body).toMatchObject({ state: 'success', try_number: 2, max_tries: 1, failures: {} });
  });

  test('takes what is above and below, and pairs of task and map index', async () => {
    await failedRun();
    const shown = async (more: object) =>
      names((await post(`${DAG}/clearTaskInstances`, { dag_run_id: 'one', only_failed: false, ...more })).body);
    expect(await shown({ task_ids: ['b'] })).toEqual(['b failed']);
    expect(await shown({ task_ids: ['b'], include_downstream: true })).toEqual(['b failed', 'c upstream_failed']);
    expect(await shown({ task_ids: ['b'], include_upstream: true })).toEqual(['a success', 'b failed']);
    expect(await shown({ task_ids: [['b', -1]] })).toEqual(['b failed']);
    expect(await shown({ task_ids: [['b', 3]] })).toEqual([]);
  });

  test('takes runs before and after by logical date, and runs within dates', async () => {
    for (const day of [1, 2, 3]) {
      await failedRun(`d${day}`);
      await fresh.database.query('update dag_run set logical_date = $2 where run_id = $1', [
        `d${day}`,
        `2026-01-0${day}T00:00:00Z`,
      ]);
    }
    const runs = async (more: object): Promise<string[]> => {
      const { body } = await post(`${DAG}/clearTaskInstances`, { task_ids: ['b'], ...more });
      return body.task_instances.map((row: { dag_run_id: string }) => row.dag_run_id);
    };
    expect(await runs({ dag_run_id: 'd2', include_past: true })).toEqual(['d1', 'd2']);
    expect(await runs({ dag_run_id: 'd2', include_future: true })).toEqual(['d2', 'd3']);
    expect(await runs({ start_date: '2026-01-02T00:00:00Z' })).toEqual(['d2', 'd3']);
    expect(await runs({ end_date: '2026-01-01T12:00:00Z' })).toEqual(['d1']);
  });

  test.each([
    [{ dag_run_id: 'none' }, 404, /has no run none/],
    [{ dag_run_id: 'one', task_ids: ['z'], only_failed: false }, 404, /No task z/],
    [{ dag_run_id: 'one', only_running: true }, 422, /only_failed to be false/],
    [{ dag_run_id: 'one', include_past: true }, 400, /no logical date/],
    [{ include_past: true }, 400, /need a dag_run_id/],
    [{ dag_run_id: 'one', run_on_latest_version: true }, 400, /keeps the version/],
    [{ dag_run_id: 'one', state: 'none' }, 422, /unknown field "state"/],
  ])('answers %j with one sentence', async (body, status, sentence) => {
    await failedRun();
    const answer = await post(`${DAG}/clearTaskInstances`, body);
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(sentence)]);
  });

  test('refuses to clear what runs when asked to', async () => {
    script = ({ attemptId }) => [{ kind: 'claimed', attemptId }];
    await seedRun(fresh.database, 'line', 'one');
    await expect.poll(async () => (await api.call(`${RUN}/taskInstances/a`)).body.state, PATIENCE).toBe('running');
    const body = { dag_run_id: 'one', dry_run: false, only_failed: false, prevent_running_task: true };
    const answer = await post(`${DAG}/clearTaskInstances`, body);
    expect([answer.status, answer.body.detail]).toEqual([409, 'Task a of run one is running; nothing was cleared.']);
  });
});

test('a run is cleared whole, or what failed of it, and shows first which', async () => {
  await failedRun();
  expect(names((await post(`${RUN}/clear`, { only_failed: true })).body)).toEqual(['b failed', 'c upstream_failed']);
  expect(names((await post(`${RUN}/clear`, {})).body)).toHaveLength(3);
  script = success;
  const run = await post(`${RUN}/clear`, { dry_run: false });
  expect(run.body.dag_run_id).toBe('one');
  await expect.poll(() => runState(), PATIENCE).toBe('success');
  expect(executor.launched.map(({ taskId, tryNumber }) => `${taskId}${tryNumber}`)).toEqual([
    'a1',
    'b1',
    'a2',
    'b2',
    'c1',
  ]);
});

test('a run is marked, its note changed, and each only when the mask names it', async () => {
  await failedRun();
  const marked = await patch(RUN, { state: 'success', note: 'known' });
  expect(marked.body).toMatchObject({ state: 'success', note: 'known', reason: 'Marked success by admin.' });
  const masked = await patch(`${RUN}?update_mask=note`, { state: 'failed', note: null });
  expect(masked.body).toMatchObject({ state: 'success', note: null });
  expect((await patch(RUN, { state: 'running' })).status).toBe(422);
});

test('a running task is marked: killed, and the mark stands whatever it says later [I18]', async () => {
  script = (order) => (order.taskId === 'a' ? [{ kind: 'claimed', attemptId: order.attemptId }] : success(order));
  await seedRun(fresh.database, 'line', 'one');
  await expect.poll(async () => (await api.call(`${RUN}/taskInstances/a`)).body.state, PATIENCE).toBe('running');
  const shown = await patch(`${RUN}/taskInstances/a/dry_run`, { new_state: 'failed', include_downstream: true });
  expect(names(shown.body)).toEqual(['a running', 'b null', 'c null']);
  const marked = await patch(`${RUN}/taskInstances/a`, { new_state: 'success' });
  expect(names(marked.body)).toEqual(['a success']);
  await expect.poll(() => runState(), PATIENCE).toBe('success');
  const outcome = {
    kind: 'failed',
    failure: { class: 'killed', sentence: 'x', retryable: false, detail: {} },
  } as const;
  await fresh.database.query('update attempt set reported_at = now(), outcome = $2 where id = $1', [
    executor.launched[0]!.attemptId,
    JSON.stringify(outcome),
  ]);
  await executor.tell([{ kind: 'reported', attemptId: executor.launched[0]!.attemptId, outcome }]);
  const late = async () =>
    (await api.call('/api/v2/gantry/attempts?dag_id=line&dag_run_id=one&task_id=a')).body.attempts[0];
  await expect.poll(async () => (await late()).state, PATIENCE).toBe('abandoned');
  expect(await late()).toMatchObject({ late_outcome: 'failed', stop_sentence: 'Marked success by admin.' });
  expect((await api.call(`${RUN}/taskInstances/a`)).body.state).toBe('success');
  const again = await patch(`${RUN}/taskInstances/a`, { new_state: 'success' });
  expect([again.status, again.body.detail]).toEqual([409, 'Task a of run one is success already.']);
});

test('what nobody applies stands, and the answer tells the states as they are', async () => {
  await failedRun();
  await engine.stop();
  const patient = await startApi(fresh.database, { requestWaitMilliseconds: 50 });
  const answer = await patient.call(RUN, { method: 'PATCH', body: { state: 'success' } });
  expect(answer.body.state).toBe('failed');
  await patient.server.close();
  engine = startEngine(fresh.database, [executor]);
  await expect.poll(() => runState(), PATIENCE).toBe('success');
});

test('a viewer changes nothing', async () => {
  await failedRun();
  const token = `viewer-${randomUUID()}`;
  await fresh.database.query(`insert into account (username, password_hash, role) values ('eve', '', 'viewer')`);
  await fresh.database.query(
    `insert into account_token (token_hash, username, expires_at) values (sha256($1::bytea), 'eve', now() + interval '1 hour')`,
    [token],
  );
  const calls = [
    api.call(RUN, { method: 'PATCH', body: { state: 'success' }, token }),
    api.call(`${RUN}/clear`, { body: {}, token }),
    api.call(`${DAG}/clearTaskInstances`, { body: {}, token }),
    api.call(`${RUN}/taskInstances/a`, { method: 'PATCH', body: { new_state: 'failed' }, token }),
  ];
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([403, 403, 403, 403]);
});
