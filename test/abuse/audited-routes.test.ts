import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PERMISSIONS } from '../../packages/server/src/api/permissions.ts';
import { type RunningApi, startApi } from '../support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../support/fresh-database.ts';
import { ACCOUNT_ROUTES, BODIES, isUnsafe, pathOf, prepare, type StoredDag, storeDag } from './route-calls.ts';

/** They only show what would be changed. */
const ONLY_SHOWS: readonly string[] = ACCOUNT_ROUTES.filter((route) => route.endsWith('/dry_run'));
/** It is refused to everybody, and changes nothing. */
const REFUSED = 'POST /api/v2/connections/test';
/** A change of one's own password ends the token that asks, so it has a test of its own (accounts.test.ts). */
const ELSEWHERE: readonly string[] = ['POST /api/v2/gantry/password', REFUSED];
const CHANGING = ACCOUNT_ROUTES.filter((route) => isUnsafe(route) && !ONLY_SHOWS.includes(route));

let fresh: FreshDatabase;
let api: RunningApi;
let dag: StoredDag;

beforeAll(async () => {
  fresh = await freshDatabase();
  api = await startApi(fresh.database, { requestWaitMilliseconds: 0 });
  dag = await storeDag(fresh.database, 'd');
  // A DAG whose file cannot be read is not triggered.
  await fresh.database.query('delete from import_error');
  await prepare(fresh.database);
});
afterAll(async () => {
  await api.server.close();
  await fresh.drop();
});

const auditRows = () =>
  fresh.database.query<{ id: number; event: string; username: string }>('select id, event, username from audit_log');

async function call(route: string) {
  const body = BODIES[route]?.(dag);
  return api.call(pathOf(route, dag), { method: route.split(' ')[0]!, ...(body === undefined ? {} : { body }) });
}

test('each route that changes something has a sample call here', () => {
  const missing = CHANGING.filter((route) => !(route in BODIES) && !ELSEWHERE.includes(route));
  expect(missing, 'add a good body to BODIES of test/abuse/route-calls.ts').toEqual([]);
  expect(Object.keys(BODIES).filter((route) => PERMISSIONS[route] === undefined)).toEqual([]);
});

describe('a row of the audit log is left by', () => {
  test.each(Object.keys(BODIES).filter((route) => CHANGING.includes(route)))('%s', async (route) => {
    const before = new Set((await auditRows()).map(({ id }) => id));
    const { status, body } = await call(route);
    expect(status, JSON.stringify(body)).toBeLessThan(300);
    const left = (await auditRows()).filter(({ id }) => !before.has(id));
    expect(left.length, 'a change without its row: make it by audited()').toBeGreaterThan(0);
    expect(left.every(({ username, event }) => username === 'admin' && /^[a-z_]+$/.test(event))).toBe(true);
  });
});

test.each(ONLY_SHOWS)('none is left by %s', async (route) => {
  const before = await auditRows();
  expect((await call(route)).status).toBeLessThan(300);
  expect(await auditRows()).toHaveLength(before.length);
});
