import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../../../../test/support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../../../../../test/support/fresh-database.ts';

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

const USERS = '/api/v2/gantry/users';
const TOKENS = '/api/v2/gantry/tokens';
const SAME = { 'sec-fetch-site': 'same-origin' };

async function signIn(username: string, password: string): Promise<string> {
  const { body } = await api.call('/auth/token', { token: null, body: { username, password } });
  return body.access_token;
}

async function login(username: string, password: string): Promise<string> {
  const answer = await fetch(`${api.url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

const who = async (cookie: string) =>
  (await api.call('/auth/session', { token: null, headers: { cookie } })).body.username;

async function makeUser(username: string, role: string | null): Promise<string> {
  const { status, body } = await api.call(USERS, { body: { username, role } });
  expect(status).toBe(201);
  return body.password;
}

describe('an account', () => {
  test('is made with a random password that is shown once, and may do what its role says', async () => {
    const password = await makeUser('vera', 'viewer');
    expect(password).toMatch(/^[A-Za-z0-9_-]{20}$/);
    const { body } = await api.call(`${USERS}/vera`);
    expect(body).toEqual({
      username: 'vera',
      role: 'viewer',
      grants: [],
      email: null,
      is_disabled: false,
      has_password: true,
      issuer: null,
      created_at: expect.stringMatching(/Z$/),
      signed_in_at: null,
    });
    const token = await signIn('vera', password);
    expect((await api.call('/api/v2/dags', { token })).status).toBe(200);
    expect((await api.call(USERS, { token })).status).toBe(403);
    expect((await api.call(USERS)).body.total_entries).toBe(2);
  });

  test.each([
    [{ username: 'a b', role: 'viewer' }, 422],
    [{ username: '~', role: 'viewer' }, 422],
    [{ username: 'ann\n', role: 'viewer' }, 422],
    [{ username: 'ann', role: 'root' }, 422],
    [{ username: 'ann', role: 'viewer', password: 'short' }, 422],
    [{ username: 'ann', role: 'viewer', created_at: '2020-01-01T00:00:00Z' }, 422],
    [{ username: 'ADMIN', role: 'viewer' }, 409],
  ])('is not made of %j', async (body, status) => {
    expect((await api.call(USERS, { body })).status).toBe(status);
  });

  test('loses its sessions and sign-ins when its role or password changes, or it is disabled [A32]', async () => {
    const password = await makeUser('vera', 'viewer');
    for (const change of [{ role: 'user' }, { is_disabled: true }]) {
      const [cookie, token] = [await login('vera', password), await signIn('vera', password)];
      expect(await who(cookie)).toBe('vera');
      expect((await api.call(`${USERS}/vera`, { method: 'PATCH', body: change })).status).toBe(200);
      expect(await who(cookie)).toBeNull();
      expect((await api.call('/api/v2/dags', { token })).status).toBe(401);
    }
    expect(await login('vera', password)).toBe('');
    await api.call(`${USERS}/vera`, { method: 'PATCH', body: { is_disabled: false, password: 'a new pass phrase' } });
    expect(await login('vera', password)).toBe('');
    expect(await who(await login('vera', 'a new pass phrase'))).toBe('vera');
  });

  test('changes its own password with the present one, and the browser that asked stays signed in', async () => {
    const password = await makeUser('vera', null);
    const [here, elsewhere] = [await login('vera', password), await login('vera', password)];
    const change = (present: string, next: string) =>
      fetch(`${api.url}/api/v2/gantry/password`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: here, ...SAME },
        body: JSON.stringify({ password: present, new_password: next }),
      });
    expect((await change('wrong', 'a new pass phrase')).status).toBe(422);
    expect((await change(password, 'short')).status).toBe(422);
    const changed = await change(password, 'a new pass phrase');
    expect(changed.status).toBe(204);
    const next = changed.headers.get('set-cookie')!.split(';')[0]!;
    expect([await who(next), await who(here), await who(elsewhere)]).toEqual(['vera', null, null]);
    const rows = await fresh.database.query(
      `select username, credential, after from audit_log where event = 'patch_user'`,
    );
    expect(rows).toEqual([{ username: 'vera', credential: 'session', after: { password: '***' } }]);
  });

  test('that is the last admin stays one', async () => {
    for (const init of [
      { method: 'DELETE' },
      { method: 'PATCH', body: { role: 'op' } },
      { method: 'PATCH', body: { is_disabled: true } },
    ]) {
      const { status, body } = await api.call(`${USERS}/admin`, init);
      expect([status, body.detail]).toEqual([409, expect.stringContaining('the last account with the role admin')]);
    }
    await makeUser('eve', 'admin');
    expect((await api.call(`${USERS}/admin`, { method: 'DELETE' })).status).toBe(204);
  });

  test('gets and loses grants for single DAGs', async () => {
    await makeUser('vera', null);
    const path = `${USERS}/vera/grants/sales`;
    const put = (role: string) => api.call(path, { method: 'PUT', body: { role } });
    expect((await put('viewer')).body.grants).toEqual([{ dag_id: 'sales', role: 'viewer' }]);
    expect((await put('user')).body.grants).toEqual([{ dag_id: 'sales', role: 'user' }]);
    expect((await put('admin')).status).toBe(422);
    expect((await api.call(path, { method: 'DELETE' })).status).toBe(204);
    expect((await api.call(path, { method: 'DELETE' })).status).toBe(404);
    expect((await api.call(`${USERS}/none/grants/sales`, { method: 'PUT', body: { role: 'user' } })).status).toBe(404);
  });

  test('leaves a row in the audit log for each change, and no password', async () => {
    const password = await makeUser('vera', 'viewer');
    await api.call(`${USERS}/vera`, { method: 'PATCH', body: { role: 'op', password: 'a new pass phrase' } });
    await api.call(`${USERS}/vera/grants/sales`, { method: 'PUT', body: { role: 'user' } });
    await api.call(`${USERS}/vera`, { method: 'DELETE' });
    const rows = await fresh.database.query('select event, dag_id, object, before, after from audit_log order by id');
    expect(rows).toMatchObject([
      { event: 'create_user', object: 'vera', after: { role: 'viewer' } },
      {
        event: 'patch_user',
        object: 'vera',
        before: { role: 'viewer', is_disabled: false },
        after: { role: 'op', password: '***' },
      },
      { event: 'put_grant', object: 'vera', dag_id: 'sales', after: { role: 'user' } },
      { event: 'delete_user', object: 'vera', before: { role: 'op' } },
    ]);
    expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${password}|new pass`));
  });
});

describe('a token for programs', () => {
  test('has a name and an end, is shown once, tells when it was used, and can be revoked', async () => {
    const made = await api.call(TOKENS, { body: { name: 'ci', expires_in_days: 30 } });
    expect(made.status).toBe(201);
    const { access_token: token, token_id: id } = made.body;
    expect(token).toMatch(/^gantry-token\.[A-Za-z0-9_-]{43}$/);
    expect((await api.call('/api/v2/dags', { token })).status).toBe(200);
    const { body } = await api.call(`${TOKENS}?order_by=name`);
    const listed = body.tokens.find((each: { name: string | null }) => each.name === 'ci');
    expect(listed).toMatchObject({ token_id: id, username: 'admin', used_at: expect.stringMatching(/Z$/) });
    expect(JSON.stringify(body)).not.toContain(token);
    expect((await api.call(TOKENS, { body: { name: 'ci' } })).status).toBe(409);
    expect((await api.call(TOKENS, { body: { name: 'more' }, token })).status).toBe(403);
    expect((await api.call(`${TOKENS}/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await api.call('/api/v2/dags', { token })).status).toBe(401);
  });

  test('is seen and revoked by its owner and by admins alone', async () => {
    const vera = await signIn('vera', await makeUser('vera', 'op'));
    const { body: own } = await api.call(TOKENS, { body: { name: 'hers' }, token: vera });
    const { body: other } = await api.call(TOKENS, { body: { name: 'mine' } });
    expect((await api.call(`${TOKENS}?username=admin`, { token: vera })).status).toBe(403);
    expect((await api.call(`${TOKENS}/${other.token_id}`, { method: 'DELETE', token: vera })).status).toBe(404);
    expect((await api.call(`${TOKENS}?username=~`)).body.total_entries).toBe(4);
    expect((await api.call(`${TOKENS}/${own.token_id}`, { method: 'DELETE' })).status).toBe(204);
  });

  test('ends with the role that it was made under: a demoted account has no more by its old token', async () => {
    const vera = await signIn('vera', await makeUser('vera', 'op'));
    const { body } = await api.call(TOKENS, { body: { name: 'hers' }, token: vera });
    const variables = async () => (await api.call('/api/v2/variables', { token: body.access_token })).status;
    expect(await variables()).toBe(200);
    await api.call(`${USERS}/vera`, { method: 'PATCH', body: { role: 'viewer' } });
    expect(await variables()).toBe(403);
    await api.call(`${USERS}/vera`, { method: 'PATCH', body: { is_disabled: true } });
    expect(await variables()).toBe(401);
  });
});
