import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startApi, testingRandom } from '../../../../../test/support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../../../../../test/support/fresh-database.ts';
import { gantryAnswer } from '../../../../../test/support/gantry-processes.ts';
import { ensureAdmin } from '../../api/accounts/ensure-admin.ts';
import { lockHome } from '../../main/home-lock.ts';
import { openDatabase } from '../../store/connect.ts';
import { startEmbeddedPostgres } from '../../store/embedded/embedded-postgres.ts';
import { migrate } from '../../store/migrator.ts';

/** What `npm test` has built. */
const PROGRAM = fileURLToPath(new URL('../../../bin/gantry.mjs', import.meta.url));

let home: string;
let fresh: FreshDatabase;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'gantry-users-'));
  // So that the server's own user reaches its data in there.
  chmodSync(home, 0o755);
  fresh = await freshDatabase();
  writeFileSync(join(home, 'database-url'), fresh.url, { mode: 0o600 });
});
afterEach(async () => {
  await fresh.drop();
  rmSync(home, { recursive: true, force: true });
});

const onDatabase = () => ({ GANTRY__DATABASE__URL_FILE: join(home, 'database-url') });
const users = (...words: readonly string[]) => gantryAnswer(home, ['users', ...words], onDatabase());

test('accounts are made, granted, changed and deleted on the database itself, and each change is audited', async () => {
  await ensureAdmin(fresh.database, testingRandom);
  const made = await users('create', 'vera', '--role', 'none');
  expect([made.code, made.err]).toEqual([0, '']);
  expect(made.out).toMatch(/^The account vera is made\. Its password, shown this once: [A-Za-z0-9_-]{20}\n$/);
  expect((await users('grant', 'vera', 'sales', 'user')).out).toBe('The account vera is user of the DAG sales.\n');
  const listed = JSON.parse((await users('list', '--output', 'json')).out);
  expect(listed).toMatchObject([
    { username: 'admin', role: 'admin' },
    { username: 'vera', role: null, grants: [{ dag_id: 'sales', role: 'user' }] },
  ]);
  expect((await users('set-role', 'vera', 'op')).code).toBe(0);
  expect((await users('disable', 'vera')).code).toBe(0);
  expect((await users('revoke', 'vera', 'sales')).code).toBe(0);
  expect((await users('delete', 'vera')).out).toBe('The account vera is deleted.\n');
  const rows = await fresh.database.query('select event, credential, object from audit_log order by id');
  expect(rows).toMatchObject(
    ['create_user', 'put_grant', 'patch_user', 'patch_user', 'delete_grant', 'delete_user'].map((event) => ({
      event,
      credential: 'cli',
      object: 'vera',
    })),
  );
});

test('what cannot be is one sentence', async () => {
  await ensureAdmin(fresh.database, testingRandom);
  const faults = [
    [['delete', 'admin'], 'admin is the last account with the role admin that can sign in'],
    [['set-role', 'none', 'viewer'], 'There is no account none.'],
    [['create', 'vera', '--role', 'root'], 'Allowed choices are viewer, user, op, admin, none'],
    [['create', 'admin', '--role', 'viewer'], 'There is an account admin already'],
  ] as const;
  for (const [words, sentence] of faults) {
    const { code, err } = await users(...words);
    expect(code, words.join(' ')).not.toBe(0);
    expect(err).toContain(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
  }
});

test('a lost admin password is replaced, by one that comes by standard input and never by an argument [A49]', async () => {
  const api = await startApi(fresh.database);
  try {
    const ended = spawnSync(process.execPath, [PROGRAM, 'users', 'reset-password', 'admin', '--password-stdin'], {
      env: { PATH: process.env.PATH, HOME: home, GANTRY_HOME: home, ...onDatabase() },
      input: 'a new pass phrase\n',
      encoding: 'utf8',
    });
    expect([ended.status, ended.stdout]).toEqual([
      0,
      'The account admin has a new password; its sessions have ended.\n',
    ]);
    const signIn = (password: string) =>
      api.call('/auth/token', { token: null, body: { username: 'admin', password } });
    expect((await signIn(api.password!)).status).toBe(401);
    expect((await signIn('a new pass phrase')).status).toBe(201);
  } finally {
    await api.server.close();
  }
});

test('the embedded database of a standalone is reached, whether the standalone runs or not', async () => {
  const embedded = (...words: readonly string[]) => gantryAnswer(home, ['users', ...words], {});
  expect((await embedded('list')).err).toContain(`no standalone has run on ${home}`);
  const postgres = await startEmbeddedPostgres({ folder: join(home, 'postgres'), durable: false });
  const release = lockHome(home, process.pid);
  try {
    const database = await openDatabase({ url: postgres.url, applicationName: 'gantry test' });
    await migrate(database);
    await ensureAdmin(database, testingRandom);
    await database.close();
    expect((await embedded('reset-password', 'admin')).out).toContain('It is shown this once: ');
  } finally {
    release();
    await postgres.stop();
  }
  expect((await embedded('list')).out).toContain('admin');
}, 120_000);
