import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../packages/server/src/store/migrator.ts';
import { type RunningApi, startApi } from '../support/api-server.ts';
import { emptyDatabase, type FreshDatabase, freshDatabase } from '../support/fresh-database.ts';
import { type StoredDag, storeDag } from './route-calls.ts';

let fresh: FreshDatabase;
let api: RunningApi;
let dag: StoredDag;

beforeAll(async () => {
  fresh = await freshDatabase();
  api = await startApi(fresh.database, { requestWaitMilliseconds: 0, requestsPerSecond: 0 });
  dag = await storeDag(fresh.database, 'a');
  await storeDag(fresh.database, 'ab');
  await fresh.database.query('delete from import_error');
});
afterAll(async () => {
  await api.server.close();
  await fresh.drop();
});

const trigger = (body: unknown) => api.call('/api/v2/dags/a/dagRuns', { method: 'POST', body });
const runs = async () => (await api.call('/api/v2/dags/~/dagRuns')).body.total_entries;
const ACCOUNTS = 'select username, role from account order by username';

describe('a body', () => {
  test.each([
    '{"__proto__":{"isAdmin":true}}',
    '{"conf":{"__proto__":{"isAdmin":true}}}',
    '{"constructor":{"prototype":{"isAdmin":true}}}',
  ])('that reaches for a prototype is refused: %s [A11]', async (text) => {
    const { status } = await trigger(text);
    expect([400, 422]).toContain(status);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  test('that is too large, too wide, too deep or says a field twice is bounded [A12]', async () => {
    const before = await runs();
    expect((await trigger(`{"conf":{"a":"${'x'.repeat(1024 * 1024)}"}}`)).status).toBe(413);
    const wide = Object.fromEntries(Array.from({ length: 200_000 }, (_, place) => [`k${place}`, 1]));
    expect((await trigger({ conf: wide })).status).toBe(413);
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const answer = await trigger(`{"conf":{"a":${deep}}}`);
    expect([answer.status, answer.body.detail]).toEqual([
      422,
      'body: lists and objects stand more than 200 deep in each other.',
    ]);
    expect((await api.call('/api/v2/monitor/health')).status).toBe(200);
    expect((await trigger('{"note":1,"dag_run_id":"twice","note":"last"}')).body.note).toBe('last');
    expect((await trigger('{"note":"first","dag_run_id":"twice-2","note":1}')).status).toBe(422);
    expect(await runs()).toBeGreaterThanOrEqual(before + 1);
  });

  test.each(['state', 'owner', 'fence', 'role', 'created_at', 'run_key', 'triggering_user'])(
    'with a field %s that is not the sender’s to set is refused [A36]',
    async (field) => {
      expect((await trigger({ dag_run_id: `with-${field}`, [field]: 'success' })).status).toBe(422);
      const paused = await api.call('/api/v2/dags/a', { method: 'PATCH', body: { is_paused: true, [field]: 'x' } });
      expect(paused.status).toBe(422);
    },
  );

  test('of text, a form or XML is not read as JSON [A30]', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/xml']) {
      const answer = await api.call('/api/v2/dags/a', {
        method: 'PATCH',
        body: '{"is_paused":true}',
        headers: { 'content-type': type },
      });
      expect(answer.status, type).toBe(400);
    }
  });
});

test('no GET changes anything [A30]', async () => {
  for (const path of ['/auth/logout', '/api/v2/dags/a/dagRuns/r/clear', '/api/v2/backfills/1/pause']) {
    expect((await api.call(path)).status, path).toBe(404);
  }
});

describe('a name', () => {
  const BAD = ['../x', '..%2fx', 'a%00b', 'a%0ab', 'x'.repeat(300), '%E2%80%AEgpj', '-rf', 'A'];
  test.each(BAD)('that no DAG may have is not found and reaches no file: %s [A21]', async (name) => {
    const path = name.includes('%') ? name : encodeURIComponent(name);
    for (const url of [`/api/v2/dags/${path}`, `/api/v2/dags/a/dagRuns/${path}`, `/api/v2/dags/${path}/tasks`]) {
      const { status, body } = await api.call(url);
      expect([400, 404, 422], url).toContain(status);
      expect(JSON.stringify(body)).not.toMatch(/ENOENT|\/tmp|at .*\.ts/);
    }
  });

  test.each(['a/b', '..', 'a\u0000', 'a\nb', 'x'.repeat(251), 'x\u202Ey'])(
    'of a run is refused: %j [A21]',
    async (id) => {
      expect((await trigger({ dag_run_id: id })).status).toBe(422);
    },
  );
});

describe('a log', () => {
  const TRY = '/api/v2/dags/a/dagRuns/r/taskInstances/t/logs';
  test('is found by ids of the database alone, whatever the path looks like [A22]', async () => {
    for (const part of ['..%2f..%2fetc%2fpasswd', '%252e%252e%252fetc', '%2fetc%2fpasswd', '1%00', '-1', '1e3', 'x']) {
      const { status, body } = await api.call(`${TRY}/${part}`);
      expect([400, 404], part).toContain(status);
      expect(JSON.stringify(body)).not.toContain('root:');
    }
    const token = await api.call(`${TRY}/1?token=../../etc/passwd`);
    expect(token.status).toBe(400);
  });

  test('of another DAG is not opened by a name that begins alike, nor by its position [A23]', async () => {
    await fresh.database.query(`insert into account (username, role) values ('of-a', null)`);
    await fresh.database.query(`insert into account_grant values ('of-a', 'a', 'viewer')`);
    const { body } = await api.call('/api/v2/gantry/users/of-a', {
      method: 'PATCH',
      body: { password: 'a long pass phrase' },
    });
    expect(body.username).toBe('of-a');
    const signedIn = await api.call('/auth/token', {
      token: null,
      body: { username: 'of-a', password: 'a long pass phrase' },
    });
    const token = signedIn.body.access_token;
    expect((await api.call(`${TRY}/1`, { token })).status).toBe(200);
    expect((await api.call(`${TRY.replace('/a/', '/ab/')}/1`, { token })).status).toBe(404);
    const other = await api.call(`${TRY.replace('/a/', '/ab/')}/1`);
    const position = other.body.continuation_token ?? 'start';
    const crossed = await api.call(`${TRY}/1?token=${position}`, { token });
    expect(crossed.status === 400 || position === 'start').toBe(true);
  });
});

describe('a query', () => {
  test.each([
    'limit=-1',
    'offset=-1',
    'offset=99999999999999999999',
    'order_by=(select%201)',
    'order_by=dag_id;drop%20table%20dag',
    'order_by=constructor',
    'tags=x'.concat('&tags=x'.repeat(1500)),
    'unknown=1',
  ])('that asks for what there is not is refused: %.40s [A37]', async (query) => {
    expect((await api.call(`/api/v2/dags?${query}`)).status).toBe(400);
  });

  test('for a huge page gets the largest there is, and one too long is cut off [A37]', async () => {
    expect((await api.call('/api/v2/dags?limit=1000000000')).status).toBe(200);
    const long = await fetch(`${api.url}/api/v2/dags?dag_id_pattern=${'x'.repeat(200_000)}`).catch(() => null);
    expect([431, 414, undefined]).toContain(long?.status);
    expect((await api.call(`/api/v2/dags?dag_id_pattern=${'%25_'.repeat(200)}`)).status).toBe(200);
  });

  const INJECTIONS = [
    "' or '1'='1",
    "'; drop table account; --",
    "a') union select password_hash from account --",
    '\\',
  ];
  test.each(INJECTIONS)('that is SQL is a text like another: %s [A38]', async (text) => {
    const [before, encoded] = [await fresh.database.query(ACCOUNTS), encodeURIComponent(text)];
    for (const path of [
      `dags?dag_id_pattern=${encoded}`,
      `dags?tags=${encoded}&owners=${encoded}`,
      `dags/${encoded}`,
      `dags/~/dagRuns?run_id_pattern=${encoded}`,
      `dags/~/dagRuns/~/taskInstances?task_id=${encoded}&executor=${encoded}`,
      `dags/a/dagRuns/${encoded}`,
      `dags/a/dagRuns/r/taskInstances/t/xcomEntries/${encoded}`,
      `pools?pool_name_pattern=${encoded}`,
      `importErrors?filename_pattern=${encoded}`,
      `gantry/users?username_pattern=${encoded}`,
    ]) {
      const { status, body } = await api.call(`/api/v2/${path}`);
      expect([200, 404], path).toContain(status);
      expect(JSON.stringify(body)).not.toContain('argon2');
    }
    expect(await fresh.database.query(ACCOUNTS)).toEqual(before);
  });
});

test('a text that is a script comes back as the data it is, in no page [A29]', async () => {
  const note = '<img src=x onerror=alert(1)>=cmd|calc';
  await api.call('/api/v2/dags/a/dagRuns/r', { method: 'PATCH', body: { note } });
  const answer = await fetch(`${api.url}/api/v2/dags/a/dagRuns/r`, {
    headers: { authorization: `Bearer ${api.token}`, accept: 'text/html' },
  });
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(((await answer.json()) as { note: string }).note).toBe(note);
});

describe('the connection', () => {
  /** Sends text and answers what came back until the server ended the connection. */
  const raw = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write(text));
      let heard = '';
      socket.setEncoding('utf8').on('data', (piece: string) => {
        heard += piece;
      });
      socket.on('error', () => undefined).on('close', () => resolve(heard));
    });

  test('of a request with two lengths or a header too large is ended [A40]', async () => {
    const post = 'POST /auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    expect(await raw(`${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 400/,
    );
    expect(await raw(`${post}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}`)).toMatch(/^HTTP\/1.1 400/);
    expect(await raw(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(64 * 1024)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431/);
  });

  test('that sends its headers slowly is ended, and others are answered meanwhile [A40]', async () => {
    const slow = raw('GET /api/v2/version HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    expect((await api.call('/api/v2/version')).status).toBe(200);
    expect(await slow).toMatch(/^HTTP\/1.1 408|^$/);
  }, 60_000);
});

test('a password of a megabyte is not even hashed [A31]', async () => {
  const signIn = (length: number) =>
    api.call('/auth/token', { token: null, body: { username: 'admin', password: 'x'.repeat(length) } });
  expect((await signIn(2 * 1024 * 1024)).status).toBe(413);
  expect((await signIn(5000)).status).toBe(422);
});

test('there is no default password and no default key [A34]', async () => {
  for (const password of ['admin', 'airflow', 'gantry', 'password', '']) {
    const { status } = await api.call('/auth/token', { token: null, body: { username: 'admin', password } });
    expect([401, 422], password).toContain(status);
  }
  const other = await emptyDatabase();
  try {
    await migrate(other.database);
    const key = `select claim_key::text as key from deployment`;
    expect(await other.database.query(key)).not.toEqual(await fresh.database.query(key));
  } finally {
    await other.drop();
  }
});

test('what needs no credential tells of no person, DAG or secret [A50]', async () => {
  for (const path of ['/api/v2/monitor/health', '/api/v2/version', '/openapi.json', '/auth/session']) {
    const { status, body } = await api.call(path, { token: null });
    expect(status, path).toBe(200);
    expect(JSON.stringify(body), path).not.toMatch(new RegExp(`CLASSIFIED|${dag.attemptId}|"admin"(?!,null|\\])`));
  }
});

test('a line break in a name forges no row of the audit log [A51]', async () => {
  const count = async () => (await fresh.database.query('select from audit_log')).length;
  const before = await count();
  const name = 'nobody\r\n2026-01-01 admin deleted everything';
  await api.call('/auth/token', { token: null, body: { username: name, password: 'x' } });
  expect(await count()).toBe(before + 1);
  const [row] = await fresh.database.query<{ object: string }>('select object from audit_log order by id desc limit 1');
  expect(row?.object).toBe(name);
});
