import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueToken } from '../../packages/server/src/api/accounts/issue-token.ts';
import { PERMISSIONS } from '../../packages/server/src/api/permissions.ts';
import { type RunningApi, startApi, testingRandom } from '../support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../support/fresh-database.ts';
import { ACCOUNT_ROUTES, BODIES, isUnsafe, MARK, pathOf, prepare, type StoredDag, storeDag } from './route-calls.ts';

let fresh: FreshDatabase;
let api: RunningApi;
let hidden: StoredDag;
/** May run another DAG, and has no role. */
let editorElsewhere: string;
let viewer: string;

beforeAll(async () => {
  fresh = await freshDatabase();
  api = await startApi(fresh.database, { requestWaitMilliseconds: 0 });
  hidden = await storeDag(fresh.database, 'hidden');
  await storeDag(fresh.database, 'own');
  // What the editor may see holds no mark.
  await fresh.database.query(`delete from import_error where file = 'own.ts'`);
  await prepare(fresh.database);
  await fresh.database.query(`insert into account (username, role) values ('elsewhere', null), ('vera', 'viewer')`);
  await fresh.database.query(`insert into account_grant (username, dag_id, role) values ('elsewhere', 'own', 'user')`);
  editorElsewhere = await issueToken(fresh.database, testingRandom, 'elsewhere', 1);
  viewer = await issueToken(fresh.database, testingRandom, 'vera', 1);
});
afterAll(async () => {
  await api.server.close();
  await fresh.drop();
});

async function call(route: string, token: string | null) {
  const body = BODIES[route]?.(hidden);
  const method = route.split(' ')[0]!;
  return api.call(pathOf(route, hidden), { method, token, ...(body === undefined ? {} : { body }) });
}

const changes = async () => (await fresh.database.query('select from audit_log')).length;
const DAG_ROUTES = ACCOUNT_ROUTES.filter((route) => PERMISSIONS[route]!.startsWith('dag '));
/** They answer for many DAGs at once, by the filter of who asks. */
const SPANNING = DAG_ROUTES.filter((route) => !/:|\/attempts$/.test(route) && !isUnsafe(route));

describe('without a credential', () => {
  test.each(ACCOUNT_ROUTES)('%s is refused and tells nothing [A35]', async (route) => {
    const { status, body } = await call(route, null);
    expect(status).toBe(401);
    expect(JSON.stringify(body)).not.toContain(MARK);
  });
});

describe('an editor of another DAG', () => {
  test.each(DAG_ROUTES.filter((route) => !SPANNING.includes(route)))(
    'meets in %s a DAG that does not exist [A35]',
    async (route) => {
      const before = await changes();
      const { status, body } = await call(route, editorElsewhere);
      expect([status, await changes()]).toEqual([404, before]);
      expect(JSON.stringify(body)).not.toContain(MARK);
    },
  );

  test.each(SPANNING)('gets from %s nothing of it, in rows or counts [A35]', async (route) => {
    const [theirs, all] = [await call(route, editorElsewhere), await call(route, api.token)];
    expect(theirs.status).toBe(200);
    expect(JSON.stringify(theirs.body)).not.toContain('hidden');
    expect(JSON.stringify(theirs.body)).not.toContain(`${MARK} hidden`);
    if (typeof all.body.total_entries === 'number' && all.body.total_entries > 0) {
      expect(theirs.body.total_entries).toBeLessThan(all.body.total_entries);
    }
  });

  test.each(ACCOUNT_ROUTES.filter((route) => !DAG_ROUTES.includes(route) && PERMISSIONS[route] !== 'account'))(
    'may not use %s [A35]',
    async (route) => {
      expect((await call(route, editorElsewhere)).status).toBe(403);
    },
  );
});

describe('a viewer', () => {
  const changing = ACCOUNT_ROUTES.filter((route) => isUnsafe(route) && PERMISSIONS[route] !== 'account');
  test.each(changing)('may not change by %s [A35]', async (route) => {
    const before = await changes();
    expect((await call(route, viewer)).status).toBe(403);
    expect(await changes()).toBe(before);
  });
});
