import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../../../../test/support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../../../../../test/support/fresh-database.ts';
import { storeTestingRun, testingSpec, testingTask } from '../testing-run.ts';

let fresh: FreshDatabase;
let api: RunningApi;
const SPEC = testingSpec('d', [testingTask('a'), testingTask('b')]);

beforeEach(async () => {
  fresh = await freshDatabase();
  api = await startApi(fresh.database, { requestWaitMilliseconds: 0 });
  await storeTestingRun(fresh.database, SPEC, { runId: 'r' });
});

afterEach(async () => {
  await api.server.close();
  await fresh.drop();
});

const rows = () =>
  fresh.database.query<Record<string, unknown>>(
    `select username, credential, event, dag_id, run_id, task_id, map_index, object, before, after, address from audit_log order by id`,
  );

describe('a change leaves a row that tells who, by what, what was and what is', () => {
  test('of a DAG', async () => {
    await api.call('/api/v2/dags/d', { method: 'PATCH', body: { is_paused: false } });
    expect(await rows()).toEqual([
      {
        username: 'admin',
        credential: 'token',
        event: 'patch_dag',
        dag_id: 'd',
        run_id: null,
        task_id: null,
        map_index: null,
        object: null,
        before: { is_paused: true },
        after: { is_paused: false },
        address: '127.0.0.1',
      },
    ]);
  });

  test('of a run and its tasks', async () => {
    await api.call('/api/v2/dags/d/dagRuns', { body: { dag_run_id: 'mine', conf: { a: 1 } } });
    await api.call('/api/v2/dags/d/dagRuns/r', { method: 'PATCH', body: { note: 'why', state: 'failed' } });
    const path = '/api/v2/dags/d/dagRuns/r/taskInstances/a';
    await api.call(path, { method: 'PATCH', body: { new_state: 'success' } });
    await api.call('/api/v2/dags/d/clearTaskInstances', {
      body: { dry_run: false, dag_run_id: 'r', only_failed: false },
    });
    expect(await rows()).toMatchObject([
      { event: 'trigger_dag_run', run_id: 'mine', after: { conf: { a: 1 } } },
      { event: 'patch_dag_run', run_id: 'r', before: { state: 'running', note: null }, after: { note: 'why' } },
      { event: 'patch_task_instance', run_id: 'r', task_id: 'a', after: { kind: 'mark_tasks', state: 'success' } },
      { event: 'post_clear_task_instances', run_id: 'r', task_id: null, after: { kind: 'clear_tasks', task_count: 2 } },
    ]);
  });

  test('and a change that is refused leaves none', async () => {
    await api.call('/api/v2/dags/none', { method: 'PATCH', body: { is_paused: false } });
    await api.call('/api/v2/dags/d/dagRuns', { body: { dag_run_id: 'r' } });
    expect(await rows()).toEqual([]);
  });
});

test('nobody alters or removes a row of the audit log [A51]', async () => {
  await api.call('/api/v2/dags/d', { method: 'PATCH', body: { is_paused: false } });
  for (const attack of ['update audit_log set username = null', 'delete from audit_log', 'truncate audit_log']) {
    await expect(fresh.database.query(attack), attack).rejects.toThrow('append-only');
  }
  expect(await rows()).toHaveLength(1);
});
