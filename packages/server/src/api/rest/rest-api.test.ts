import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

const v2 = (path: string) => `/api/v2/${path}`;
const query = (text: string, values: readonly unknown[] = []) =>
  fresh.database.query<Record<string, unknown>>(text, values);

describe('sign-in', () => {
  test('gives a token for the password that was shown once, and no token for a wrong name or password', async () => {
    const signIn = (username: string, password: string) =>
      api.call('/auth/token', { token: null, body: { username, password } });
    const good = await signIn('admin', api.password!);
    expect(good.status).toBe(201);
    expect((await api.call(v2('dags'), { token: good.body.access_token })).status).toBe(200);
    const [wrongPassword, wrongName] = [await signIn('admin', 'no'), await signIn('nobody', api.password!)];
    expect(wrongPassword.status).toBe(401);
    expect(wrongName).toEqual(wrongPassword);
    expect(
      (await api.call('/auth/token/cli', { token: null, body: { username: 'admin', password: api.password } })).status,
    ).toBe(201);
  });

  test('keeps neither password nor token, and an ended token is refused', async () => {
    const [account] = await query('select password_hash from account');
    expect(account?.password_hash).toMatch(/^\$argon2id\$/);
    const rows = JSON.stringify(await query('select token_hash::text from account_token'));
    expect(rows).not.toContain(api.token);
    await query(`update account_token set expires_at = clock_timestamp() - interval '1 second'`);
    expect((await api.call(v2('dags'))).status).toBe(401);
  });
});

describe('health and version', () => {
  test('need no credential; services are healthy while their lease lasts', async () => {
    const health = async () => (await api.call(v2('monitor/health'), { token: null })).body;
    expect(await health()).toMatchObject({ metadatabase: { status: 'healthy' }, scheduler: { status: 'unhealthy' } });
    await query(
      `insert into service (id, kind, hostname, pid, lease_until) values
       (gen_random_uuid(), 'scheduler', 'h', 1, clock_timestamp() - interval '1 hour'),
       (gen_random_uuid(), 'scheduler', 'h', 2, clock_timestamp() + interval '1 hour')`,
    );
    expect((await health()).scheduler).toEqual({
      status: 'healthy',
      latest_scheduler_heartbeat: expect.stringMatching(/Z$/),
    });
    expect((await api.call(v2('version'), { token: null })).body).toEqual({ version: '0.0.0-test', git_version: null });
  });
});

describe('DAGs', () => {
  test('are listed by filter, order and page with the count of all', async () => {
    for (const dagId of ['alpha', 'beta', 'gamma']) {
      await storeTestingDag(fresh.database, testingSpec(dagId, [testingTask('t')], { tags: [dagId[0]!, 'all'] }));
    }
    await query(`update dag set is_stale = true where dag_id = 'gamma'`);
    const ids = async (search: string) => {
      const { body } = await api.call(v2(`dags?${search}`));
      return [body.dags.map((dag: { dag_id: string }) => dag.dag_id), body.total_entries];
    };
    expect(await ids('')).toEqual([['alpha', 'beta'], 2]);
    expect(await ids('order_by=-dag_id&limit=1')).toEqual([['beta'], 2]);
    expect(await ids('limit=1&offset=1')).toEqual([['beta'], 2]);
    expect(await ids('exclude_stale=false&tags=b&tags=g')).toEqual([['beta', 'gamma'], 2]);
    expect(await ids('tags=b&tags=all&tags_match_mode=all')).toEqual([['beta'], 1]);
    expect(await ids('dag_id_pattern=LPH')).toEqual([['alpha'], 1]);
    expect(await ids('paused=false')).toEqual([[], 0]);
    const unknown = await api.call(v2('dags?order_by=color'));
    expect([unknown.status, unknown.body.code]).toEqual([400, 'bad_request']);
    expect((await api.call(v2('dags?colour=red'))).body).toEqual({
      code: 'bad_request',
      detail: 'querystring has the unknown field "colour".',
    });
  });

  test('have what Airflow’s client insists on, details and tasks', async () => {
    const spec = testingSpec(
      'd',
      [testingTask('a'), testingTask('b', { upstream: ['a'], retryDelaySeconds: 90_061.5 })],
      {
        docMd: 'doc',
        params: { n: { default: 1, schema: { type: 'integer', description: 'How many.' } } },
      },
    );
    await storeTestingDag(fresh.database, spec);
    const { body: dag } = await api.call(v2('dags/d'));
    for (const field of [
      'dag_display_name',
      'fileloc',
      'file_token',
      'has_import_errors',
      'has_task_concurrency_limits',
      'is_paused',
      'is_stale',
      'max_active_tasks',
      'max_consecutive_failed_dag_runs',
      'owners',
      'tags',
      'timetable_partitioned',
    ]) {
      expect(dag[field], field).not.toBeNull();
      expect(dag[field], field).toBeDefined();
    }
    const { body: details } = await api.call(v2('dags/d/details'));
    expect(details).toMatchObject({ ...dag, doc_md: 'doc', catchup: false, latest_dag_version: { version_number: 1 } });
    expect(details.params).toEqual({
      n: { value: 1, schema: { type: 'integer', description: 'How many.' }, description: 'How many.' },
    });
    const { body } = await api.call(v2('dags/d/tasks'));
    expect(body.total_entries).toBe(2);
    expect(body.tasks[0]).toMatchObject({
      task_id: 'a',
      downstream_task_ids: ['b'],
      extra_links: [],
      operator_name: 'task',
    });
    expect((await api.call(v2('dags/d/tasks/b'))).body.retry_delay).toEqual({
      __type: 'TimeDelta',
      days: 1,
      seconds: 3661,
      microseconds: 500_000,
    });
    expect((await api.call(v2('dags/d/tasks/none'))).status).toBe(404);
    expect((await api.call(v2('dags/none'))).body).toEqual({ code: 'not_found', detail: 'There is no DAG none.' });
  });

  test('are paused and unpaused; only the latter has the schedule looked at anew', async () => {
    await storeTestingDag(fresh.database, testingSpec('d', [testingTask('t')]));
    const change = (body: unknown) => api.call(v2('dags/d'), { method: 'PATCH', body });
    const looked = async () => (await query('select schedule_changed from dag'))[0]?.schedule_changed;
    expect((await change({ is_paused: true })).body.is_paused).toBe(true);
    expect(await looked()).toBe(false);
    expect((await change({ is_paused: false })).body.is_paused).toBe(false);
    expect(await looked()).toBe(true);
    expect((await change({ is_paused: false, other: 1 })).status).toBe(422);
    expect((await change({ is_paused: 'no' })).body).toEqual({
      code: 'invalid',
      detail: 'body.is_paused must be boolean.',
    });
    expect((await change('{broken')).status).toBe(400);
  });
});

describe('triggering a run', () => {
  const params = {
    count: { default: 2, schema: { type: 'integer', minimum: 1 } },
    name: { schema: { type: 'string', pattern: '^(a+)+$' } },
  };
  const trigger = (body: unknown, dagId = 'd') => api.call(v2(`dags/${dagId}/dagRuns`), { body });

  beforeEach(async () => {
    await storeTestingDag(fresh.database, testingSpec('d', [testingTask('t')], { params }));
    await storeTestingDag(fresh.database, testingSpec('plain', [testingTask('t')]));
  });

  test('queues it with an id from the time, the user and its conf', async () => {
    const { status, body } = await trigger({ conf: { name: 'a', extra: 1 }, note: 'why' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      dag_id: 'd',
      state: 'queued',
      run_type: 'manual',
      logical_date: null,
      data_interval_start: null,
      conf: { name: 'a', extra: 1 },
      note: 'why',
      triggered_by: 'rest_api',
      triggering_user_name: 'admin',
      duration: null,
      version_number: 1,
    });
    expect(body.dag_run_id).toMatch(/^manual__\d{4}-\d\d-\d\dT.*\+00:00$/);
    const run = v2(`dags/d/dagRuns/${encodeURIComponent(body.dag_run_id)}`);
    expect((await api.call(run)).body).toEqual(body);
    await query(`select set_run_aside(run_key, 'No such luck.') from dag_run where run_id = $1`, [body.dag_run_id]);
    expect((await api.call(run)).body.set_aside).toMatchObject({ sentence: 'No such luck.', failures: 1 });
  });

  test('many times at once gives each an id of its own', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => trigger({}, 'plain')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.dag_run_id)).size).toBe(20);
  });

  test('with a logical date has an interval, and one run a date', async () => {
    const logicalDate = '2026-03-01T06:00:00+02:00';
    const { body } = await trigger({ logical_date: logicalDate }, 'plain');
    expect(body).toMatchObject({
      dag_run_id: 'manual__2026-03-01T04:00:00+00:00',
      logical_date: '2026-03-01T04:00:00.000Z',
      data_interval_start: '2026-03-01T04:00:00.000Z',
      data_interval_end: '2026-03-01T04:00:00.000Z',
    });
    expect((await trigger({ logical_date: logicalDate, dag_run_id: 'other' }, 'plain')).status).toBe(409);
    const interval = { data_interval_start: '2026-01-01T00:00:00Z', data_interval_end: '2026-01-02T00:00:00Z' };
    expect((await trigger({ logical_date: '2026-01-01T00:00:00Z', ...interval }, 'plain')).body).toMatchObject({
      data_interval_end: '2026-01-02T00:00:00.000Z',
    });
    expect((await trigger(interval, 'plain')).status).toBe(422);
    expect((await trigger({ logical_date: '2026-01-05' }, 'plain')).status).toBe(422);
  });

  test('is refused with one sentence for an unknown DAG, a taken or reserved id, a wrong field and params that do not fit', async () => {
    expect((await trigger({}, 'none')).status).toBe(404);
    expect((await trigger({ dag_run_id: 'mine' }, 'plain')).status).toBe(200);
    expect((await trigger({ dag_run_id: 'mine' }, 'plain')).body.code).toBe('conflict');
    expect((await trigger({ dag_run_id: 'scheduled__x' }, 'plain')).status).toBe(422);
    expect((await trigger({ dag_run_id: 'a b' }, 'plain')).status).toBe(422);
    expect((await trigger({ color: 'red' }, 'plain')).body.detail).toBe('body has the unknown field "color".');
    expect((await trigger({})).body).toEqual({
      code: 'bad_request',
      detail: 'The param name has no default and must be given.',
    });
    expect((await trigger({ conf: { name: 'a', count: 0 } })).body).toEqual({
      code: 'bad_request',
      detail: 'The param count must be >= 1; found 0.',
    });
    expect((await trigger({ params: { name: 5 } })).body.detail).toBe('The param name must be string; found 5.');
    expect((await trigger({ conf: { name: 'a\u0000' } })).status).toBe(422);
    await query(`insert into import_error (file, message) values ('plain.ts', 'broken')`);
    expect((await trigger({}, 'plain')).status).toBe(400);
  });

  test('is refused in bounded time when a pattern of a param takes for ever', async () => {
    const { status, body } = await trigger({ conf: { name: `${'a'.repeat(60)}!` } });
    expect([status, body.code]).toEqual([400, 'bad_request']);
    expect(body.detail).toContain('took longer');
  });
});

describe('runs and task instances', () => {
  test('are listed by state and time, for one DAG or all', async () => {
    await storeTestingRun(
      fresh.database,
      testingSpec('d', [testingTask('a'), testingTask('b', { pool: 'p', queue: 'q' })]),
      { runId: 'r/1 +' },
    );
    await storeTestingRun(fresh.database, testingSpec('e', [testingTask('c')]));
    const runs = async (path: string) => (await api.call(v2(path))).body.total_entries;
    expect(await runs('dags/~/dagRuns')).toBe(2);
    expect(await runs('dags/d/dagRuns?state=running&state=queued')).toBe(1);
    expect(await runs('dags/d/dagRuns?state=failed')).toBe(0);
    expect(await runs('dags/~/dagRuns?start_date_gte=2999-01-01T00:00:00Z')).toBe(0);
    expect((await api.call(v2('dags/d/dagRuns?state=odd'))).status).toBe(400);
    expect((await api.call(v2('dags/d/dagRuns?start_date_gte=yesterday'))).status).toBe(400);
    expect((await api.call(v2('dags/none/dagRuns'))).status).toBe(404);
    const path = `dags/d/dagRuns/${encodeURIComponent('r/1 +')}/taskInstances`;
    const { body } = await api.call(v2(path));
    expect(body.task_instances.map((each: { task_id: string }) => each.task_id)).toEqual(['a', 'b']);
    expect((await api.call(v2(`${path}?state=none`))).body.total_entries).toBe(0);
    expect(
      (await api.call(v2('dags/~/dagRuns/~/taskInstances?order_by=-task_id'))).body.task_instances[0].task_id,
    ).toBe('c');
    expect((await api.call(v2(`${path}/b`))).body).toEqual(body.task_instances[1]);
    expect((await api.call(v2(`${path}/b/-1`))).status).toBe(200);
    expect((await api.call(v2(`${path}/b/0`))).status).toBe(404);
    expect((await api.call(v2('dags/d/dagRuns/none/taskInstances'))).status).toBe(404);
  });

  test('tell why an instance waits and where it runs; a state of none is null', async () => {
    const { attempts } = await storeTestingRun(
      fresh.database,
      testingSpec('d', [testingTask('a'), testingTask('b', { pool: 'p', queue: 'q' })]),
    );
    const place = { kind: 'pod', name: 'pod-1', namespace: 'ns', uid: 'u', node: null };
    await query('update attempt set waiting = $2, place = $3 where id = $1', [
      attempts[0],
      'No node fits.',
      JSON.stringify(place),
    ]);
    await query(`update task_instance set state = 'none', attempt_id = null, reason = 'Waits.' where task_id = 'b'`);
    const { body } = await api.call(v2('dags/d/dagRuns/manual__1/taskInstances'));
    expect(body.task_instances).toMatchObject([
      {
        state: 'queued',
        waiting: 'No node fits.',
        place,
        executor: 'LocalExecutor',
        attempt_id: attempts[0],
        executor_config: '{}',
        pool: 'default_pool',
      },
      {
        state: null,
        waiting: null,
        place: null,
        executor: null,
        attempt_id: null,
        reason: 'Waits.',
        pool: 'p',
        queue: 'q',
      },
    ]);
  });

  test('have their attempts, without any credential in them', async () => {
    const { attempts } = await storeTestingRun(fresh.database, testingSpec('d', [testingTask('a')]));
    await query(`update attempt set nonce = 'the-nonce', token_hash = '\\x01' where id = $1`, [attempts[0]]);
    const { body } = await api.call(v2('gantry/attempts?dag_id=d&dag_run_id=manual__1&task_id=a'));
    expect(body).toMatchObject({
      total_entries: 1,
      attempts: [{ attempt_id: attempts[0], dag_run_id: 'manual__1', state: 'queued' }],
    });
    expect(JSON.stringify(body)).not.toMatch(/nonce|token/);
    expect((await api.call(v2('gantry/attempts?dag_id=d&dag_run_id=none'))).status).toBe(404);
  });
});

describe('logs', () => {
  const base = 'dags/d/dagRuns/manual__1/taskInstances/t/logs';
  let attemptId: string;

  beforeEach(async () => {
    ({
      attempts: [attemptId],
    } = (await storeTestingRun(fresh.database, testingSpec('d', [testingTask('t')]))) as unknown as {
      attempts: [string];
    });
  });

  const say = (chunk: number, ...texts: string[]) =>
    query('insert into log_chunk (attempt_id, chunk, lines) values ($1, $2, $3)', [
      attemptId,
      chunk,
      texts.map((text) => JSON.stringify({ at: 1_000, level: 'info', stream: 'stdout', text })).join('\n'),
    ]);
  const end = async () => {
    await query(`update attempt set state = 'failed' where id = $1`, [attemptId]);
    await query(`update task_instance set state = 'failed'`);
  };
  const events = (body: { content: { event: string }[] }) => body.content.map(({ event }) => event);

  test('are read page by page in order, never past a gap, until the try is over', async () => {
    await say(1, 'one', 'two');
    await say(3, 'after the gap');
    const first = (await api.call(v2(`${base}/1`))).body;
    expect(first.content[0]).toEqual({
      timestamp: '1970-01-01T00:00:01.000Z',
      level: 'info',
      logger: 'task.stdout',
      event: 'one',
    });
    expect(events(first)).toEqual(['one', 'two']);
    const again = (await api.call(v2(`${base}/1?token=${first.continuation_token}`))).body;
    expect(again).toEqual({ content: [], continuation_token: first.continuation_token });
    await say(2, 'three');
    const rest = (await api.call(v2(`${base}/1?token=${first.continuation_token}`))).body;
    expect(events(rest)).toEqual(['three', 'after the gap']);
    await end();
    expect((await api.call(v2(`${base}/1?token=${rest.continuation_token}`))).body).toEqual({
      content: [],
      continuation_token: null,
    });
    expect(events((await api.call(v2(`${base}/1?full_content=true`))).body)).toEqual([
      'one',
      'two',
      'three',
      'after the gap',
    ]);
    expect((await api.call(v2(`${base}/3`))).status).toBe(404);
    expect((await api.call(v2(`${base}/1?token=odd`))).status).toBe(400);
  });

  test('are followed as lines while they come and end with the try', async () => {
    await say(1, 'one');
    const answer = await fetch(`${api.url}${v2(`${base}/1`)}`, {
      headers: { accept: 'application/x-ndjson', authorization: `Bearer ${api.token}` },
    });
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect(JSON.parse((await reader.read()).value!).event).toBe('one');
    await say(2, 'two');
    await end();
    let text = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
    expect(JSON.parse(text).event).toBe('two');
  });
});

describe('XComs', () => {
  test('are listed and read, as JSON or as a text of JSON', async () => {
    const { runKey, attempts } = await storeTestingRun(fresh.database, testingSpec('d', [testingTask('t')]));
    await query(
      `insert into xcom (run_key, task_index, map_index, key, value, attempt_id) values ($1, 0, -1, 'return_value', '{"files": ["a"]}', $2)`,
      [runKey, attempts[0]],
    );
    const base = 'dags/d/dagRuns/manual__1/taskInstances/t/xcomEntries';
    const { body } = await api.call(v2(base));
    expect(body).toMatchObject({
      total_entries: 1,
      xcom_entries: [{ key: 'return_value', task_id: 't', run_id: 'manual__1', map_index: -1 }],
    });
    expect((await api.call(v2(`${base}/return_value`))).body.value).toEqual({ files: ['a'] });
    expect((await api.call(v2(`${base}/return_value?stringify=true`))).body.value).toBe('{"files":["a"]}');
    expect((await api.call(v2(`${base}/other`))).status).toBe(404);
  });
});

describe('pools', () => {
  test('are made, changed and deleted, and tell how full they are', async () => {
    await storeTestingRun(fresh.database, testingSpec('d', [testingTask('a'), testingTask('b')]));
    await query(`update task_instance set state = 'scheduled' where task_id = 'b'`);
    await query(`update attempt set state = 'running' where task_id = 'a'`);
    expect((await api.call(v2('pools/default_pool'))).body).toMatchObject({
      slots: 128,
      running_slots: 1,
      queued_slots: 1,
      scheduled_slots: 1,
      open_slots: 126,
    });
    expect((await api.call(v2('pools'), { body: { name: 'p', slots: -1 } })).status).toBe(201);
    expect((await api.call(v2('pools'), { body: { name: 'p', slots: 1 } })).status).toBe(409);
    expect((await api.call(v2('pools/p'), { method: 'PATCH', body: { description: 'd' } })).body).toMatchObject({
      slots: -1,
      open_slots: -1,
      description: 'd',
    });
    expect(
      (await api.call(v2('pools/p'), { method: 'PATCH', body: { slots: 3, description: null } })).body,
    ).toMatchObject({ slots: 3, description: null });
    expect((await api.call(v2('pools/p'), { method: 'PATCH', body: { slots: -2 } })).status).toBe(422);
    expect((await api.call(v2('pools?order_by=-name'))).body.pools.map(({ name }: { name: string }) => name)).toEqual([
      'p',
      'default_pool',
    ]);
    expect((await api.call(v2('pools/p'), { method: 'DELETE' })).status).toBe(204);
    expect((await api.call(v2('pools/p'), { method: 'DELETE' })).status).toBe(404);
    expect((await api.call(v2('pools/default_pool'), { method: 'DELETE' })).status).toBe(400);
  });
});

describe('variables', () => {
  test('are made, changed and deleted; secrets are masked and the mask is no value', async () => {
    const make = (body: unknown) => api.call(v2('variables'), { body });
    expect((await make({ key: 'a/b', value: { x: [1] } })).body).toMatchObject({
      key: 'a/b',
      value: '{"x":[1]}',
      is_encrypted: false,
    });
    expect((await make({ key: 'a/b', value: 1 })).status).toBe(409);
    expect((await make({ key: 'db_password', value: 'hidden' })).body.value).toBe('***');
    expect((await make({ key: 'c', value: '***' })).status).toBe(422);
    const change = (body: unknown) => api.call(v2('variables/a%2Fb'), { method: 'PATCH', body });
    expect((await change({ value: 'text', description: 'd' })).body).toMatchObject({ value: 'text', description: 'd' });
    expect((await change({ value: 7 })).body).toMatchObject({ value: '7', description: 'd' });
    expect((await api.call(v2('variables'))).body.total_entries).toBe(2);
    expect((await api.call(v2('variables/a%2Fb'), { method: 'DELETE' })).status).toBe(204);
    expect((await api.call(v2('variables/a%2Fb'))).status).toBe(404);
    expect((await make({ key: 'nul\u0000', value: 1 })).status).toBe(422);
  });
});

describe('import errors', () => {
  test('are listed and read', async () => {
    await query(
      `insert into import_error (file, message, line) values ('b.ts', 'b.ts:3: no.', 3), ('a.ts', 'a.ts: no.', null)`,
    );
    const { body } = await api.call(v2('importErrors?order_by=filename'));
    expect(body).toMatchObject({
      total_entries: 2,
      import_errors: [
        { filename: 'a.ts', line: null },
        { filename: 'b.ts', stack_trace: 'b.ts:3: no.', line: 3 },
      ],
    });
    expect((await api.call(v2(`importErrors/${body.import_errors[1].import_error_id}`))).body).toEqual(
      body.import_errors[1],
    );
    expect((await api.call(v2('importErrors/0'))).status).toBe(404);
  });
});

describe('the description', () => {
  test('at /openapi.json holds every route for people with its answer', async () => {
    const { status, body } = await api.call('/openapi.json', { token: null });
    expect([status, body.openapi]).toEqual([200, '3.1.0']);
    expect(Object.keys(body.paths)).toContain('/api/v2/dags/{dag_id}/dagRuns');
    expect(Object.keys(body.paths).some((path) => path.startsWith('/execution'))).toBe(false);
    for (const [path, methods] of Object.entries<Record<string, { responses: object }>>(body.paths)) {
      for (const [method, { responses }] of Object.entries(methods)) {
        expect(
          Object.keys(responses).some((code) => /^[23]/.test(code)),
          `${method} ${path}`,
          // The test of a connection is only ever refused.
        ).toBe(path !== '/api/v2/connections/test');
      }
    }
  });
});

test('a token of a role opens what the role may, and nothing more', async () => {
  await query(
    `insert into account (username, password_hash, role) values ('vera', '-', 'viewer'), ('otto', '-', 'op')`,
  );
  const vera = await issueToken(fresh.database, testingRandom, 'vera', 1);
  const otto = await issueToken(fresh.database, testingRandom, 'otto', 1);
  expect((await api.call(v2('pools'), { token: vera })).status).toBe(200);
  const refused = await api.call(v2('variables'), { token: vera });
  expect([refused.status, refused.body.detail]).toEqual([403, 'The account vera has the role viewer; this needs op.']);
  expect((await api.call(v2('variables'), { token: otto })).status).toBe(200);
});
