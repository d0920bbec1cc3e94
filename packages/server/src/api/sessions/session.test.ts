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

type Headers = Readonly<Record<string, string>>;
const SAME = { 'sec-fetch-site': 'same-origin' };

async function login(password = api.password!, username = 'admin', headers: Headers = SAME) {
  const answer = await fetch(`${api.url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ username, password }),
  });
  const header = answer.headers.get('set-cookie') ?? '';
  return {
    status: answer.status,
    header,
    cookie: header.split(';')[0]!,
    retryAfter: answer.headers.get('retry-after'),
  };
}

const as = (cookie: string, headers: Headers = {}) => ({ token: null, headers: { cookie, ...headers } });
const session = async (cookie: string) => (await api.call('/auth/session', as(cookie))).body;
const pools = async (cookie: string, headers: Headers = {}) =>
  (await api.call('/api/v2/pools', as(cookie, headers))).status;

describe('a session', () => {
  test('is a cookie that scripts cannot read, of which the database keeps a hash', async () => {
    const { status, header, cookie } = await login();
    expect([status, header]).toEqual([204, `${cookie}; Path=/; HttpOnly; SameSite=Lax`]);
    expect(cookie).toMatch(/^gantry-session=[A-Za-z0-9_-]{43}$/);
    expect(await session(cookie)).toEqual({
      username: 'admin',
      role: 'admin',
      grants: [],
      expires_at: expect.stringMatching(/Z$/),
      sign_in: { password: true, oidc: null },
    });
    const rows = JSON.stringify(await fresh.database.query('select * from account_session'));
    expect(rows).not.toContain(cookie.split('=')[1]);
  });

  test('behind TLS has a cookie for this host alone', async () => {
    await api.server.close();
    await fresh.database.query('delete from account');
    api = await startApi(fresh.database, { baseUrl: 'https://gantry.example' });
    expect((await login()).header).toMatch(/^__Host-gantry-session=.+; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  });

  test('has a new id at each sign-in, and one that a browser brought along is not taken over [A32]', async () => {
    const fixed = `gantry-session=${'A'.repeat(43)}`;
    const first = await login(api.password!, 'admin', { ...SAME, cookie: fixed });
    expect(first.cookie).not.toBe(fixed);
    expect((await session(fixed)).username).toBeNull();
    expect((await login()).cookie).not.toBe(first.cookie);
  });

  test('is dead at once after signing out; others of the account live on', async () => {
    const [one, other] = [await login(), await login()];
    const out = await fetch(`${api.url}/auth/logout`, { method: 'POST', headers: { cookie: one.cookie, ...SAME } });
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    expect([await pools(one.cookie), await pools(other.cookie)]).toEqual([401, 200]);
    expect((await session(one.cookie)).username).toBeNull();
  });

  test('ends when it is idle for long and when its life is over, and with its account', async () => {
    const { cookie } = await login();
    const change = async (text: string) => {
      await fresh.database.query(text);
      return pools(cookie);
    };
    expect(await pools(cookie)).toBe(200);
    expect(await change(`update account_session set seen_at = clock_timestamp() - interval '9 hours'`)).toBe(401);
    expect(await change(`update account_session set seen_at = clock_timestamp()`)).toBe(200);
    expect(await change('update account set is_disabled = true')).toBe(401);
    expect(await change('update account set is_disabled = false')).toBe(200);
    expect(await change(`update account_session set expires_at = clock_timestamp()`)).toBe(401);
  });

  test('stays alive by use', async () => {
    const { cookie } = await login();
    await fresh.database.query(`update account_session set seen_at = clock_timestamp() - interval '7 hours'`);
    await pools(cookie);
    const [row] = await fresh.database.query<{ fresh: boolean }>(
      `select seen_at > clock_timestamp() - interval '1 minute' as fresh from account_session`,
    );
    expect(row?.fresh).toBe(true);
  });
});

describe('a change by cookie [A30]', () => {
  const pause = async (cookie: string, headers: Headers) =>
    (await api.call('/api/v2/pools/default_pool', { method: 'PATCH', body: { slots: 5 }, ...as(cookie, headers) }))
      .status;

  test('is taken from the own site alone', async () => {
    const { cookie } = await login();
    expect(await pause(cookie, { 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await pause(cookie, { 'sec-fetch-site': 'none' })).toBe(200);
    expect(await pause(cookie, { origin: api.url })).toBe(200);
    for (const foreign of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site', origin: api.url },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      {},
    ]) {
      expect(await pause(cookie, foreign as Headers), JSON.stringify(foreign)).toBe(403);
    }
    expect(await pools(cookie, { 'sec-fetch-site': 'cross-site' })).toBe(200);
  });

  test('is judged by the token alone when one comes too', async () => {
    const { cookie } = await login();
    const both = (token: string) => pause(cookie, { ...SAME, authorization: `Bearer ${token}` });
    expect([await both('nothing'), await both(api.token)]).toEqual([401, 200]);
    expect(await pause(cookie, { authorization: `Bearer ${api.token}`, 'sec-fetch-site': 'cross-site' })).toBe(200);
  });

  test('and a sign-in from a form of another site are refused', async () => {
    expect((await login(api.password!, 'admin', { origin: 'https://evil.example' })).status).toBe(403);
    expect((await login(api.password!, 'admin', {})).status).toBe(204);
    const text = await fetch(`${api.url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ username: 'admin', password: api.password }),
    });
    expect(text.status).toBe(400);
  });
});

describe('guesses [A31]', () => {
  test('are slowed down after ten, the same for names that exist and names that do not', async () => {
    for (const username of ['admin', 'nobody']) {
      for (let guess = 0; guess < 11; guess += 1) await login(`guess ${guess}`, username);
      const [row] = await fresh.database.query<{ waits: boolean }>(
        `update sign_in_delay set until = until + interval '1 minute' where subject = $1 returning failures > 10 as waits`,
        [`account:${username}`],
      );
      expect(row?.waits, username).toBe(true);
      const { status, retryAfter } = await login('guess', username);
      expect(status, username).toBe(429);
      expect(Number(retryAfter), username).toBeGreaterThan(30);
    }
    expect((await login()).status).toBe(429);
    await fresh.database.query(`update sign_in_delay set until = clock_timestamp()`);
    expect((await login()).status).toBe(204);
    expect(await fresh.database.query(`select from sign_in_delay where subject = 'account:admin'`)).toEqual([]);
  });

  test('side by side are no more than one after another', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, (_, guess) => login(`guess ${guess}`)));
    expect(answers.every(({ status }) => status === 401 || status === 429)).toBe(true);
    const looked = answers.filter(({ status }) => status === 401).length;
    // Ten are free; a few more when this takes so long that their waits of 1, 2, 4 ... seconds are over.
    expect(looked).toBeLessThan(20);
  });

  test('from one address are slowed down over all names', async () => {
    await fresh.database.query(
      `insert into sign_in_delay (subject, failures, until) values ('address:127.0.0.1', 80, clock_timestamp() + interval '1 minute')`,
    );
    expect((await login()).status).toBe(429);
  });

  test('stand in the audit log, and a password in none of its rows', async () => {
    await login('a wrong one');
    await login();
    const rows = await fresh.database.query(
      'select username, credential, event, object, before, after from audit_log order by id',
    );
    expect(rows).toMatchObject([
      { username: null, credential: 'sign_in', event: 'login_failed', object: 'admin' },
      { username: 'admin', credential: 'sign_in', event: 'login' },
    ]);
    expect(JSON.stringify(rows)).not.toContain(api.password);
  });
});

describe('the sessions that last', () => {
  test('are listed to their owner, who ends them; an admin sees and ends those of all', async () => {
    await fresh.database.query(
      `insert into account (username, role, password_hash) select 'vera', 'viewer', password_hash from account`,
    );
    const [admin, vera] = [await login(), await login(api.password!, 'vera')];
    const list = async (cookie: string, search = '') =>
      (await api.call(`/api/v2/gantry/sessions${search}`, as(cookie))).body;
    const end = async (cookie: string, id: string) =>
      (await api.call(`/api/v2/gantry/sessions/${id}`, { method: 'DELETE', ...as(cookie, SAME) })).status;
    const own = await list(vera.cookie);
    expect(own).toMatchObject({
      total_entries: 1,
      sessions: [{ username: 'vera', is_present: true, signed_in_by: 'password' }],
    });
    expect((await list(vera.cookie, '?username=~')).code).toBe('forbidden');
    const all = await list(admin.cookie, '?username=~&order_by=username');
    expect(all.sessions.map(({ username }: { username: string }) => username)).toEqual(['admin', 'vera']);
    expect(await end(vera.cookie, all.sessions[0].session_id)).toBe(404);
    expect(await end(admin.cookie, all.sessions[1].session_id)).toBe(204);
    expect(await pools(vera.cookie)).toBe(401);
    expect(await end(admin.cookie, 'no-uuid')).toBe(400);
  });
});
