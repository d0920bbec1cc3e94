import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningApi, startApi, testingRandom } from '../../../../../test/support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../../../../../test/support/fresh-database.ts';
import { issueToken } from '../accounts/issue-token.ts';
import { storeTestingDag, storeTestingRun, testingSpec, testingTask } from '../testing-run.ts';

let fresh: FreshDatabase;
let api: RunningApi;

beforeEach(async () => {
  fresh = await freshDatabase();
  api = await startApi(fresh.database);
});

afterEach(async () => {
  await api.server.close();
  await fresh.drop();
});

const query = (text: string, values: readonly unknown[] = []) => fresh.database.query(text, values);
const gantry = async (path: string, token?: string) =>
  (await api.call(`/api/v2/gantry/${path}`, token === undefined ? {} : { token })).body;

const SPEC = testingSpec(
  'etl',
  [testingTask('load.read', { groupId: 'load' }), testingTask('tell', { upstream: ['load.read'] })],
  {
    groups: [{ groupId: 'load', parentId: null, tooltip: 'Reads all.' }],
  },
);

/** A token of somebody who was granted the one DAG. */
async function tokenFor(dagId: string): Promise<string> {
  await query(`insert into account (username) values ('guest')`);
  await query(`insert into account_grant (username, dag_id, role) values ('guest', $1, 'viewer')`, [dagId]);
  return issueToken(fresh.database, testingRandom, 'guest', 1);
}

test('the grid has each run by the tasks of the newest version, then by those that only older runs have', async () => {
  const { runKey } = await storeTestingRun(fresh.database, SPEC);
  await query(`update task_instance set state = 'running' where run_key = $1 and task_id = 'tell'`, [runKey]);
  await query(
    `insert into task_instance (run_key, task_index, map_index, task_id, state, max_tries)
     values ($1, 7, 0, 'old', 'success', 0), ($1, 7, 1, 'old', 'success', 0), ($1, 7, 2, 'old', 'failed', 0)`,
    [runKey],
  );
  const grid = await gantry('dags/etl/grid');
  expect(grid.groups).toEqual([{ group_id: 'load', parent_id: null, tooltip: 'Reads all.' }]);
  expect(grid.tasks.map((task: { task_id: string; kind: string | null }) => [task.task_id, task.kind])).toEqual([
    ['load.read', 'task'],
    ['tell', 'task'],
    ['old', null],
  ]);
  expect(grid.runs).toMatchObject([
    {
      dag_run_id: 'manual__1',
      state: 'running',
      states: ['queued', 'running', 'failed'],
      mapped: { old: { success: 2, failed: 1 } },
    },
  ]);
  expect((await gantry('dags/etl/grid?state=failed')).runs).toEqual([]);
  expect((await gantry('dags/etl/grid?before=2020-01-01T00:00:00Z')).runs).toEqual([]);
});

test('the last runs of some DAGs come in one answer, and none of a DAG that the reader may not know of', async () => {
  await storeTestingRun(fresh.database, SPEC);
  await storeTestingRun(fresh.database, testingSpec('other', [testingTask('a')]), { runId: 'manual__9' });
  await query(
    `insert into dag_run (dag_id, run_id, version, run_type, state, run_after, triggered_by)
     select 'etl', 'more__' || n, 1, 'manual', 'queued', clock_timestamp(), 'test' from generate_series(1, 5) n`,
  );
  const ids = async (token?: string) =>
    (await gantry('recentRuns?dag_ids=other&dag_ids=etl&dag_ids=none&limit=2', token)).runs.map(
      (run: { dag_run_id: string }) => run.dag_run_id,
    );
  expect(await ids()).toEqual(['manual__9', 'more__5', 'more__4']);
  expect(await ids(await tokenFor('other'))).toEqual(['manual__9']);
});

test('home counts what is new or open and tells the last failures, of the DAGs that the reader may know of', async () => {
  const { attempts } = await storeTestingRun(fresh.database, SPEC);
  await storeTestingDag(fresh.database, testingSpec('other', [testingTask('a')]));
  await query(
    `update attempt set state = 'failed', ended_at = clock_timestamp(),
       failure = '{"class": "user_error", "sentence": "It rained.", "retryable": true, "detail": {}}' where id = $1`,
    [attempts[0]],
  );
  await query(`insert into import_error (file, message) values ('bad.ts', 'No.')`);
  const home = await gantry('home');
  expect(home).toMatchObject({
    dags: { total: 2, paused: 2, active: 0, failing: 0 },
    import_errors: 1,
    runs: [{ state: 'running', count: 1 }],
    task_instances: [{ state: 'queued', count: 2 }],
    recent_failures: [{ dag_id: 'etl', task_id: 'load.read', class: 'user_error', sentence: 'It rained.' }],
  });
  expect(await gantry('home', await tokenFor('other'))).toEqual({
    dags: { total: 1, paused: 1, active: 0, failing: 0 },
    import_errors: 0,
    runs: [],
    task_instances: [],
    recent_failures: [],
  });
});

test('the cluster view tells services, watches, open attempts, launches and failures', async () => {
  const { attempts } = await storeTestingRun(fresh.database, SPEC);
  await query(
    `insert into service (id, kind, hostname, pid, lease_until)
     values ('00000000-0000-4000-8000-000000000001', 'scheduler', 'one', 7, clock_timestamp() + interval '1 hour')`,
  );
  await query(`update dag_run set leader = '00000000-0000-4000-8000-000000000001'`);
  await query(`insert into watch (watch_id, resource_version) values ('pods', '4711')`);
  await query(`update attempt set waiting = 'It waits for its image.' where id = $1`, [attempts[0]]);
  const view = await gantry('cluster');
  expect(view).toMatchObject({
    services: [{ kind: 'scheduler', hostname: 'one', is_alive: true, runs_led: 1 }],
    watches: [{ watch_id: 'pods', resource_version: '4711', leader: null }],
    open_attempts: [
      { executor: 'LocalExecutor', phase: 'launching', count: 1 },
      { executor: 'LocalExecutor', phase: 'waiting', count: 1 },
    ],
    failures: [],
  });
  const launched = view.launches.map(({ count }: { count: number }) => count);
  expect(launched.reduce((sum: number, count: number) => sum + count, 0)).toBe(2);
});
