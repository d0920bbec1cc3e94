import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CallInit, type RunningApi, startApi } from '../../../../../test/support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../../../../../test/support/fresh-database.ts';
import { parseSecretKeys } from '../../secrets/secret-keys.ts';

let fresh: FreshDatabase;
let api: RunningApi;
const lines: string[] = [];
const secretKeys = parseSecretKeys(randomBytes(32).toString('base64url'), 'test');

beforeEach(async () => {
  lines.length = 0;
  fresh = await freshDatabase();
  const logSink = { write: (line: string) => lines.push(line) };
  api = await startApi(fresh.database, { logLevel: 'debug', sensitiveNames: ['pincode'] }, { secretKeys, logSink });
});
afterEach(async () => {
  await api.server.close();
  await fresh.drop();
});

const call = (path: string, init?: CallInit) => api.call(`/api/v2/${path}`, init);
const patch = (path: string, body: unknown) => call(path, { method: 'PATCH', body });
const bulk = (path: string, ...actions: unknown[]) => patch(path, { actions });
const WHOLE = {
  ...{ connection_id: 'db.main-1', conn_type: 'postgres', description: 'd', host: 'h', port: 5432, login: 'l' },
  ...{
    schema: 's',
    password: 'pw-canary',
    extra: '{"sslmode": "require", "deep": [{"token": "extra-canary"}], "PinCode": 7}',
  },
};
const SHOWN = { ...WHOLE, password: '***', extra: '{"sslmode":"require","deep":[{"token":"***"}],"PinCode":"***"}' };

/** What a task would get. */
async function stored(id = WHOLE.connection_id): Promise<Record<string, unknown>> {
  const { openConnection } = await import('../../secrets/stored-connection.ts');
  const { SecretBox } = await import('../../secrets/secret-box.ts');
  const { readConnection } = await import('../../store/list-connections.ts');
  const box = new SecretBox(secretKeys, { uuid: () => '', fraction: () => 0 });
  return { ...openConnection(box, (await readConnection(fresh.database, id))!) };
}

describe('connections', () => {
  test('are made, listed, read, changed and deleted; secrets are sealed and never shown', async () => {
    const made = await call('connections', { body: WHOLE });
    expect([made.status, made.body]).toEqual([201, { ...SHOWN, is_encrypted: true, is_extra_encrypted: true }]);
    expect((await call('connections', { body: WHOLE })).status).toBe(409);
    expect((await call('connections/db.main-1')).body).toEqual(made.body);
    const changed = await patch('connections/db.main-1', { port: null, host: 'other' });
    expect(changed.body).toMatchObject({ ...SHOWN, port: null, host: 'other' });
    expect(await stored()).toMatchObject({ host: 'other', password: 'pw-canary', extra: JSON.parse(WHOLE.extra) });
    expect((await patch('connections/db.main-1', { password: null, extra: null })).body).toMatchObject({
      password: null,
      extra: null,
      is_encrypted: false,
    });
    expect((await call('connections/db.main-1', { method: 'DELETE' })).status).toBe(204);
    for (const method of ['GET', 'DELETE']) expect((await call('connections/db.main-1', { method })).status).toBe(404);
  });

  test('are filtered by pattern and prefix, and ordered', async () => {
    for (const id of ['b1', 'a1', 'B2'])
      await call('connections', { body: { connection_id: id, conn_type: `t${id}` } });
    const ids = async (search: string) => {
      const { body } = await call(`connections?${search}`);
      return [body.connections.map((each: { connection_id: string }) => each.connection_id).sort(), body.total_entries];
    };
    expect(await ids('connection_id_pattern=b')).toEqual([['B2', 'b1'], 2]);
    expect(await ids('connection_id_prefix_pattern=b')).toEqual([['b1'], 1]);
    expect(await ids('limit=1&order_by=-conn_type')).toEqual([['tb1', 'b1'].slice(1), 3]);
    expect((await call('connections?order_by=password')).status).toBe(400);
  });

  test('a mask stands for what is stored when it comes back, and is refused where nothing is', async () => {
    await call('connections', { body: WHOLE });
    expect((await patch('connections/db.main-1', { ...SHOWN, login: 'new' })).status).toBe(200);
    expect(await stored()).toMatchObject({ login: 'new', password: 'pw-canary', extra: JSON.parse(WHOLE.extra) });
    await patch('connections/db.main-1', { extra: '{"deep": [{"token": "***", "more": 1}], "note": "***"}' });
    expect(await stored()).toMatchObject({ extra: { deep: [{ token: 'extra-canary', more: 1 }], note: '***' } });
    expect((await patch('connections/db.main-1', { extra: '{"api_key": "***"}' })).body).toEqual({
      code: 'invalid',
      detail: 'body.extra.api_key: *** is what the API shows in place of a secret; send the value itself.',
    });
    const made = await call('connections', { body: { connection_id: 'n', conn_type: 'x', password: '***' } });
    expect([made.status, made.body.detail]).toEqual([
      422,
      'body.password: *** is what the API shows in place of a secret; send the password, or leave it out.',
    ]);
  });

  test('a mask of fields limits a change, and unknown fields are refused [A36]', async () => {
    await call('connections', { body: WHOLE });
    await patch('connections/db.main-1?update_mask=host&update_mask=password', {
      ...SHOWN,
      host: 'x',
      login: 'y',
      password: 'z',
    });
    expect(await stored()).toMatchObject({ host: 'x', login: 'l', password: 'z' });
    for (const field of ['owner', 'is_encrypted', 'sealed_password', 'created_at']) {
      expect((await patch('connections/db.main-1', { [field]: 'x' })).status, field).toBe(422);
    }
    expect((await patch('connections/db.main-1', { connection_id: 'other' })).status).toBe(400);
  });

  test.each(['', '../x', 'a b', 'a/b', 'a\u0000', 'ü', 'x'.repeat(201)])('the id %j is refused [A21]', async (id) => {
    expect((await call('connections', { body: { connection_id: id, conn_type: 'x' } })).status).toBe(422);
  });

  test('one that cannot be opened is listed with masks, and can be set anew [A47]', async () => {
    await call('connections', { body: WHOLE });
    await call('variables', { body: { key: 'v', value: 'x' } });
    await fresh.database.query(`update connection set sealed_extra = sealed_password`);
    await fresh.database.query(`update variable set sealed_value = (select sealed_password from connection)`);
    expect((await call('connections')).body.connections).toMatchObject([{ password: '***', extra: '***' }]);
    expect((await call('variables')).body.variables).toMatchObject([{ key: 'v', value: '***', is_encrypted: true }]);
    expect((await patch('connections/db.main-1', { extra: '{"a": 1}' })).body).toMatchObject({ extra: '{"a":1}' });
    expect((await patch('variables/v', { value: 'y' })).body).toMatchObject({ value: 'y' });
  });

  test('are tested by nobody here: no address that a request names is opened, in whatever spelling [A39]', async () => {
    for (const host of ['127.1', '0x7f000001', '[::ffff:127.0.0.1]', '169.254.169.254', 'example.org']) {
      const { status, body } = await call('connections/test', { body: { ...WHOLE, host } });
      expect([status, body.code]).toEqual([403, 'forbidden']);
      expect(JSON.stringify(body)).not.toContain('canary');
    }
  });

  test('those that Airflow’s users expect are made once, and change none that is there', async () => {
    await call('connections', { body: { connection_id: 'http_default', conn_type: 'mine' } });
    for (const _ of [1, 2]) expect((await call('connections/defaults', { method: 'POST' })).status).toBe(204);
    expect((await call('connections/http_default')).body.conn_type).toBe('mine');
    expect((await call('connections/postgres_default')).body).toMatchObject({ conn_type: 'postgres', password: null });
  });
});

describe('many at once', () => {
  const entity = (connection_id: string, more = {}) => ({ connection_id, conn_type: 'x', ...more });

  test('are made, changed and deleted by one request, each action as a whole', async () => {
    const done = await bulk(
      'connections',
      { action: 'create', entities: [entity('a', { password: 'pw-canary' }), entity('b')] },
      { action: 'create', entities: [entity('c'), entity('a')] },
      { action: 'create', entities: [entity('b', { host: 'new' }), entity('d')], action_on_existence: 'overwrite' },
      { action: 'create', entities: [entity('d', { host: 'no' }), entity('e')], action_on_existence: 'skip' },
      { action: 'update', entities: [entity('a', { host: 'h', login: 'no' })], update_mask: ['host'] },
      { action: 'update', entities: [entity('a', { host: 'lost' }), entity('none')] },
      { action: 'delete', entities: ['e', 'none', entity('d')], action_on_non_existence: 'skip' },
    );
    expect([done.status, done.body]).toEqual([
      200,
      {
        create: {
          success: ['a', 'b', 'b', 'd', 'e'],
          errors: [{ error: 'These connections exist already: a. Nothing of this action was done.', status_code: 409 }],
        },
        update: {
          success: ['a'],
          errors: [
            { error: 'These connections do not exist: none. Nothing of this action was done.', status_code: 404 },
          ],
        },
        delete: { success: ['e', 'd'], errors: [] },
      },
    ]);
    const { connections } = (await call('connections')).body;
    expect(connections).toMatchObject([
      { connection_id: 'a', host: 'h', login: null, password: '***' },
      { connection_id: 'b', host: 'new' },
    ]);
  });

  test('of variables and pools', async () => {
    const variables = await bulk('variables', {
      action: 'create',
      entities: [
        { key: 'a', value: { x: [1] } },
        { key: 'b_token', value: 'canary' },
      ],
    });
    expect(variables.body).toEqual({ create: { success: ['a', 'b_token'], errors: [] }, update: null, delete: null });
    expect(
      (await bulk('variables', { action: 'update', entities: [{ key: 'a', value: '***' }] })).body.update.errors,
    ).toEqual([
      {
        error: 'body.value: *** is what the API shows in place of a secret; send the value, or leave it out.',
        status_code: 422,
      },
    ]);
    const pools = await bulk(
      'pools',
      { action: 'create', entities: [{ name: 'p', slots: 3, include_deferred: true }] },
      { action: 'update', entities: [{ name: 'p', slots: -1 }] },
      { action: 'delete', entities: ['default_pool'] },
    );
    expect(pools.body).toEqual({
      create: { success: ['p'], errors: [] },
      update: { success: ['p'], errors: [] },
      delete: { success: [], errors: [{ error: 'The pool default_pool cannot be deleted.', status_code: 400 }] },
    });
    expect((await call('pools/p')).body).toMatchObject({ slots: -1, include_deferred: true });
  });

  test('what an action lacks is told, and unknown fields are refused [A36]', async () => {
    const errors = async (path: string, entity: unknown) =>
      (await bulk(path, { action: 'create', entities: [entity] })).body.create.errors;
    expect(await errors('pools', { name: 'p' })).toMatchObject([{ status_code: 422 }]);
    expect(await errors('variables', { key: 'v' })).toMatchObject([{ status_code: 422 }]);
    expect(await errors('connections', { connection_id: 'c' })).toMatchObject([{ status_code: 422 }]);
    expect(await errors('connections', 'c')).toMatchObject([{ status_code: 422 }]);
    const unknown = await bulk('pools', { action: 'create', entities: [{ name: 'p', slots: 1, owner: 'x' }] });
    expect([unknown.status, unknown.body.detail]).toEqual([
      422,
      'body.actions.0.entities.0 has the unknown field "owner".',
    ]);
    expect((await bulk('pools', { action: 'drop', entities: [] })).status).toBe(422);
  });
});

test('the canary of a secret is in no answer, log line, audit row or other row of the database [I41 A46]', async () => {
  const answers = [
    await call('connections', { body: WHOLE }),
    await call('connections', { body: WHOLE }),
    await call('connections', { body: { ...WHOLE, port: 'canary' } }),
    await call('connections', { body: { ...WHOLE, connection_id: 'x', extra: '{"token": "canary"' } }),
    await call('connections', { body: { ...WHOLE, connection_id: 'x', extra: '["canary"]' } }),
    await call('connections', { body: { ...WHOLE, connection_id: 'x', password: { canary: 1 } } }),
    await call('connections', { body: '{"password": "canary' }),
    await patch('connections/db.main-1', { ...WHOLE, password: 'second-canary' }),
    await patch('connections/none', { ...WHOLE, connection_id: 'none' }),
    await bulk('connections', { action: 'create', entities: [WHOLE], action_on_existence: 'overwrite' }),
    await bulk('connections', { action: 'update', entities: [{ ...WHOLE, port: 'canary' }] }),
    await call('variables', { body: { key: 'my_secret', value: 'canary' } }),
    await call('variables', { body: { key: 'json', value: { password: 'canary', n: 1 } } }),
    await patch('variables/json', { value: '{"password": "canary", "n": 2}' }),
    await bulk('variables', { action: 'update', entities: [{ key: 'my_secret', value: 'canary' }] }),
    await call('variables'),
    await call('connections'),
    await call('connections/db.main-1', { method: 'DELETE' }),
    await call('openapi.json'),
  ];
  expect(JSON.stringify(answers)).not.toContain('canary');
  expect((await call('variables/json')).body.value).toBe('{"password":"***","n":2}');
  const rows = await fresh.database.query(
    'select a::text from audit_log a union all select v::text from variable v union all select c::text from connection c',
  );
  expect(rows.length).toBeGreaterThan(8);
  expect(JSON.stringify(rows)).not.toContain('canary');
  expect(lines.join('')).not.toContain('canary');
});
