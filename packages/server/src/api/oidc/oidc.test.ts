import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../../../../test/support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../../../../../test/support/fresh-database.ts';
import { type Claims, OpenidProvider } from '../../../../../test/support/openid-provider.ts';
import type { OidcOptions } from './oidc-options.ts';

/** What the browser calls the server; requests go to the port that it really listens at. */
const BASE = 'http://gantry.localhost:8080';
const VERA: Claims = {
  sub: 'subject-1',
  preferred_username: 'vera',
  email: 'vera@example.com',
  email_verified: true,
  groups: ['data', 'platform', 'unmapped'],
};

let provider: OpenidProvider;
let fresh: FreshDatabase;
let api: RunningApi;

beforeAll(async () => {
  provider = await OpenidProvider.start(`${BASE}/auth/oidc/callback`);
});
afterAll(() => provider.stop());
beforeEach(async () => {
  fresh = await freshDatabase();
  api = await start();
});
afterEach(async () => {
  await api.server.close();
  await fresh.drop();
});

const start = (changed: Partial<OidcOptions> = {}) =>
  startApi(
    fresh.database,
    { baseUrl: BASE },
    {
      oidc: {
        issuer: provider.issuer,
        clientId: 'gantry',
        clientSecret: 'a secret of the test',
        name: 'Example',
        scopes: ['openid', 'profile', 'email'],
        usernameClaim: 'preferred_username',
        groupsClaim: 'groups',
        roles: { data: 'viewer', platform: 'op' },
        ...changed,
      },
    },
  );

async function get(path: string, cookie = '') {
  const answer = await fetch(`${api.url}${path}`, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
  const cookies = answer.headers.getSetCookie().map((header) => header.split(';')[0]!);
  const body = answer.status >= 400 ? ((await answer.json()) as { code: string; detail: string }) : null;
  return { status: answer.status, location: answer.headers.get('location') ?? '', cookies, body };
}

async function begin(next = '/') {
  const { location, cookies } = await get(`/auth/oidc/login?next=${encodeURIComponent(next)}`);
  return { location, flow: cookies[0]! };
}

const callbackPath = (url: string) => url.slice(BASE.length);

/** From the first click to the session's cookie. */
async function signIn(claims: Claims, next?: string) {
  const { location, flow } = await begin(next);
  const back = await get(callbackPath(await provider.signIn(location, claims)), flow);
  const session = back.cookies.find((cookie) => cookie.startsWith('gantry-session=')) ?? '';
  return { ...back, session };
}

const who = async (cookie: string) => (await api.call('/auth/session', { token: null, headers: { cookie } })).body;

describe('a sign-in by a provider', () => {
  test('makes the account at the first time, with the role of its groups, and a session', async () => {
    const { status, location, session } = await signIn(VERA, '/dags/sales?tab=grid');
    expect([status, location]).toEqual([303, '/dags/sales?tab=grid']);
    expect(await who(session)).toMatchObject({
      username: 'vera',
      role: 'op',
      sign_in: { password: true, oidc: { name: 'Example' } },
    });
    const { body } = await api.call('/api/v2/gantry/users/vera');
    expect(body).toMatchObject({ has_password: false, issuer: provider.issuer, email: 'vera@example.com' });
    const rows = await fresh.database.query('select event, object from audit_log order by id');
    expect(rows).toEqual([
      { event: 'create_user', object: 'vera' },
      { event: 'login', object: 'vera' },
    ]);
  });

  test('follows the groups: another role ends older sessions, no mapped group is no role', async () => {
    const first = await signIn(VERA);
    const second = await signIn({ ...VERA, groups: ['data'] });
    expect((await who(first.session)).username).toBeNull();
    expect((await who(second.session)).role).toBe('viewer');
    expect((await who((await signIn({ ...VERA, groups: [] })).session)).role).toBeNull();
    expect((await who((await signIn({ ...VERA, groups: 'admin' })).session)).role).toBeNull();
  });

  test('leaves roles to admins where no groups are mapped', async () => {
    await api.server.close();
    api = await start({ roles: null });
    expect((await who((await signIn(VERA)).session)).role).toBeNull();
    await api.call('/api/v2/gantry/users/vera', { method: 'PATCH', body: { role: 'user' } });
    expect((await who((await signIn(VERA)).session)).role).toBe('user');
  });

  test('knows people by issuer and subject: neither an equal name nor an equal e-mail opens another account [A33]', async () => {
    await fresh.database.query(`update account set email = 'boss@example.com'`);
    const like = { ...VERA, preferred_username: 'admin', email: 'boss@example.com' };
    expect(await who((await signIn(like)).session)).toMatchObject({ username: 'admin-2', role: 'op' });
    const other = { ...like, sub: 'subject-2', groups: [] };
    expect(await who((await signIn(other)).session)).toMatchObject({ username: 'admin-3', role: null });
    expect(await who((await signIn({ ...like, preferred_username: 'renamed' })).session)).toMatchObject({
      username: 'admin-2',
    });
    const unverified = { ...VERA, sub: 'subject-3', preferred_username: 'eve', email_verified: false };
    await signIn(unverified);
    expect((await api.call('/api/v2/gantry/users/eve')).body.email).toBeNull();
  });

  test('opens no disabled account', async () => {
    await signIn(VERA);
    await api.call('/api/v2/gantry/users/vera', { method: 'PATCH', body: { is_disabled: true } });
    const refused = await signIn(VERA);
    expect([refused.status, refused.session, refused.body?.code]).toEqual([403, '', 'forbidden']);
  });

  test('needs the browser that began it, its state, and a code that was not used [A33]', async () => {
    const { location, flow } = await begin();
    const back = callbackPath(await provider.signIn(location, VERA));
    const other = await begin();
    expect((await get(back)).status).toBe(400);
    expect((await get(back, other.flow)).status).toBe(400);
    expect((await get(back, `${flow.slice(0, -1)}x`)).status).toBe(400);
    expect((await get(back.replace(/state=[^&]+/, 'state=planted'), flow)).status).toBe(400);
    expect((await get(back.replace(/&?state=[^&]+/, ''), flow)).status).toBe(400);
    expect((await get(back.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fevil.example'), flow)).status).toBe(401);
    expect((await get(back.replace(/code=[^&]+/, 'code=guessed'), flow)).status).toBe(401);
    expect((await get(back, flow)).status).toBe(303);
    expect((await get(back, flow)).status).toBe(401);
  });

  test('sends a browser to its own paths alone [A33]', async () => {
    for (const evil of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      'javascript:x',
    ]) {
      expect((await signIn(VERA, evil)).location, evil).toBe('/');
    }
  });

  test('is refused with a sentence when the person says no, and when the provider is away', async () => {
    const { location, flow } = await begin();
    const state = new URL(location).searchParams.get('state');
    const iss = encodeURIComponent(provider.issuer);
    const refused = await get(`/auth/oidc/callback?error=access_denied&state=${state}&iss=${iss}`, flow);
    expect([refused.status, refused.body?.detail]).toEqual([
      401,
      'Example did not confirm the sign-in (access_denied); sign in again.',
    ]);
    await api.server.close();
    api = await start({ issuer: 'http://127.0.0.1:9' });
    const away = await get('/auth/oidc/login');
    expect([away.status, away.body?.code]).toEqual([503, 'unavailable']);
  });
});

test('without a provider there is none to sign in by', async () => {
  await api.server.close();
  api = await startApi(fresh.database);
  expect((await get('/auth/oidc/login')).status).toBe(404);
  expect((await who('')).sign_in.oidc).toBeNull();
});
