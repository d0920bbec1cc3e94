import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningApi, startApi, testingRandom } from '../../../../test/support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { issueToken } from './accounts/issue-token.ts';
import { storeTestingRun, testingSpec, testingTask } from './testing-run.ts';

let fresh: FreshDatabase;
let api: RunningApi;

beforeEach(async () => {
  fresh = await freshDatabase();
  api = await startApi(fresh.database);
  for (const dagId of ['seen', 'hidden']) {
    const spec = testingSpec(dagId, [testingTask('t')]);
    await storeTestingRun(fresh.database, spec, { runId: `run-of-${dagId}` });
    await fresh.database.query(`insert into import_error (file, message) values ($1, $1)`, [`${dagId}.ts`]);
  }
});

afterEach(async () => {
  await api.server.close();
  await fresh.drop();
});

/** A token of an account with a role for all DAGs, or none, and grants for single ones. */
async function tokenOf(role: string | null, grants: Readonly<Record<string, string>> = {}): Promise<string> {
  const username = `${role}-${Object.values(grants).join('-')}`;
  await fresh.database.query('insert into account (username, role) values ($1, $2)', [username, role]);
  for (const [dagId, granted] of Object.entries(grants)) {
    await fresh.database.query('insert into account_grant (username, dag_id, role) values ($1, $2, $3)', [
      username,
      dagId,
      granted,
    ]);
  }
  return issueToken(fresh.database, testingRandom, username, 1);
}

const SPANNING = [
  'dags',
  'dags/~/dagRuns',
  'dags/~/dagRuns/~/taskInstances',
  'dags/~/dagRuns/~/taskInstances/~/xcomEntries',
  'importErrors',
];

describe('an account without a role and with a grant for one DAG', () => {
  test.each(SPANNING)('gets of %s rows and count of that DAG alone', async (path) => {
    await fresh.database.query(
      `insert into xcom (run_key, task_index, map_index, key, value, attempt_id)
       select run_key, task_index, map_index, 'k', '1', id from attempt`,
    );
    const token = await tokenOf(null, { seen: 'viewer' });
    const { status, body } = await api.call(`/api/v2/${path}`, { token });
    expect([status, body.total_entries]).toEqual([200, 1]);
    expect(JSON.stringify(body)).not.toContain('hidden');
    expect((await api.call(`/api/v2/${path}`)).body.total_entries).toBe(2);
  });

  test('meets other DAGs as if they did not exist, and may not change what it may only see', async () => {
    const token = await tokenOf(null, { seen: 'viewer' });
    const other = await api.call('/api/v2/dags/hidden', { token });
    const none = await api.call('/api/v2/dags/absent', { token });
    expect([other.status, other.body.detail]).toEqual([404, 'There is no DAG hidden.']);
    expect(none.body.code).toEqual(other.body.code);
    expect((await api.call('/api/v2/dags/seen', { token })).status).toBe(200);
    const pause = { method: 'PATCH', body: { is_paused: false }, token };
    expect((await api.call('/api/v2/dags/seen', pause)).status).toBe(403);
    expect((await api.call('/api/v2/dags/hidden', pause)).status).toBe(404);
    const attempts = (dagId: string) => `/api/v2/gantry/attempts?dag_id=${dagId}&dag_run_id=run-of-${dagId}`;
    expect((await api.call(attempts('seen'), { token })).status).toBe(200);
    expect((await api.call(attempts('hidden'), { token })).status).toBe(404);
    expect((await api.call('/api/v2/pools', { token })).status).toBe(403);
  });

  test('does not see the pod of an attempt of another DAG', async () => {
    const token = await tokenOf(null, { seen: 'viewer' });
    const [{ id }] = (await fresh.database.query<{ id: string }>(`select id from attempt where dag_id = 'hidden'`)) as [
      { id: string },
    ];
    const answer = await api.call(`/api/v2/gantry/attempts/${id}/pod`, { token });
    expect(answer.body.detail).toBe(`There is no attempt ${id}.`);
  });
});

test('a grant adds to a role: a viewer may change the one DAG that it was granted', async () => {
  const token = await tokenOf('viewer', { seen: 'user' });
  const pause = { method: 'PATCH', body: { is_paused: true }, token };
  expect((await api.call('/api/v2/dags/seen', pause)).status).toBe(200);
  expect((await api.call('/api/v2/dags/hidden', pause)).status).toBe(403);
  expect((await api.call('/api/v2/dags', { token })).body.total_entries).toBe(2);
});

test('an account with neither role nor grant, and one that is disabled, get nothing', async () => {
  const token = await tokenOf(null);
  expect((await api.call('/api/v2/dags', { token })).body.detail).toBe(
    'The account null- has no role; this needs viewer.',
  );
  await fresh.database.query(`update account set is_disabled = true, role = 'admin'`);
  expect((await api.call('/api/v2/dags', { token })).status).toBe(401);
});
