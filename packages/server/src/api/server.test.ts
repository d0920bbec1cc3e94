import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../../../test/support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { claimSecret } from './credential.ts';
import { PERMISSIONS } from './permissions.ts';

let fresh: FreshDatabase;
let api: RunningApi;
const lines: string[] = [];

beforeEach(async () => {
  lines.length = 0;
  fresh = await freshDatabase();
  api = await startApi(fresh.database, { logLevel: 'debug' }, { logSink: { write: (line) => lines.push(line) } });
});

afterEach(async () => {
  await api.server.close();
  await fresh.drop();
});

const ATTEMPT = '00000000-0000-4000-8000-000000000000';

function pathOf(route: string): string {
  return route
    .replace(':attempt_id', ATTEMPT)
    .replace(':digest', '0'.repeat(64))
    .replace(/:(map_index|try_number|import_error_id)/g, '1')
    .replace(/:\w+/g, 'x');
}

test('every declared route exists, and no route but the public ones answers without a credential [I43]', async () => {
  for (const [route, permission] of Object.entries(PERMISSIONS)) {
    const [method, path] = route.split(' ') as [string, string];
    expect(api.server.app.hasRoute({ method: method as 'GET', url: path }), route).toBe(true);
    if (permission === 'public') continue;
    const body = ['POST', 'PATCH'].includes(method)
      ? path.endsWith('claim')
        ? { nonce: '0'.repeat(32), hostname: '', pid: 1, hasBundle: true }
        : path.endsWith('logs')
          ? { chunk: 1, lines: [] }
          : path.endsWith('report')
            ? { outcome: { kind: 'skipped', sentence: '' }, log: null }
            : {}
      : undefined;
    const search = path.endsWith('/xcom') ? '?task_id=x' : '';
    for (const token of [null, 'wrong']) {
      const { status } = await api.call(`${pathOf(path)}${search}`, { method, token, body });
      const expected = permission === 'worker' && token !== null && !path.endsWith('claim') ? 409 : 401;
      expect(status, `${route} with ${token}`).toBe(expected);
    }
  }
});

test('a route without a declared permission cannot be added [I43]', async () => {
  const { fastify } = await import('fastify');
  const { requirePermissions } = await import('./authentication.ts');
  const app = fastify();
  requirePermissions(app as unknown as Parameters<typeof requirePermissions>[0]);
  expect(() => app.get('/api/v2/secrets', () => 'all of them')).toThrow('GET /api/v2/secrets has no permission');
  await app.close();
});

test('what is no route, no JSON or too large is refused with a code and a sentence', async () => {
  expect(await api.call('/api/v2/nothing?token=1')).toEqual({
    status: 404,
    body: { code: 'not_found', detail: 'There is no GET /api/v2/nothing.' },
  });
  expect((await api.call('/auth/token', { body: '{"a"' })).body.code).toBe('bad_request');
  expect(
    (await api.call('/auth/token', { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }))
      .status,
  ).toBe(400);
  expect(
    (await api.call('/auth/token', { body: { username: 'x'.repeat(1024 * 1024), password: 'x' } })).body.code,
  ).toBe('too_large');
  expect((await api.call('/api/v2/dags/%00')).status).toBe(422);
});

test('a port that is taken is told by one sentence', async () => {
  const taken: Server = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const other = await startApi(fresh.database);
  await other.server.close();
  const { createApiServer } = await import('./server.ts');
  const { testingClock, testingRandom } = await import('../../../../test/support/api-server.ts');
  const server = await createApiServer({
    database: fresh.database,
    clock: testingClock,
    random: testingRandom,
    options: {},
    verifyPodToken: async () => null,
    podPlaceOf: () => ({ name: '', namespace: '' }),
    manualInterval: () => null,
    runsBetween: () => [],
    podOfShape: () => ({}),
    version: '1',
    logSink: { write: () => undefined },
  });
  await expect(server.listen('127.0.0.1', port)).rejects.toMatchObject({
    code: 'port_in_use',
    message: expect.stringContaining(String(port)),
  });
  await server.close();
  await new Promise((resolve) => taken.close(resolve));
});

test('without a database the answer is 503, health says so, and the log holds no credential', async () => {
  await fresh.database.close();
  const { status, body } = await api.call('/api/v2/dags');
  expect([status, body.code]).toEqual([503, 'unavailable']);
  expect((await api.call('/api/v2/monitor/health', { token: null })).body.metadatabase).toEqual({
    status: 'unhealthy',
  });
  const secret = claimSecret('00', ATTEMPT);
  await api.call(`/execution/v1/attempts/${ATTEMPT}/heartbeat`, { token: secret, body: {} });
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.join('')).not.toContain(secret);
  expect(lines.join('')).not.toContain(api.token);
});
