import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../../../../test/support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../../../../../test/support/fresh-database.ts';
import { gantryAnswer } from '../../../../../test/support/gantry-processes.ts';
import { environmentSource } from '../../secrets/environment-source.ts';
import { parseSecretKeys } from '../../secrets/secret-keys.ts';

let home: string;
let fresh: FreshDatabase;
let api: RunningApi;
const KEY = randomBytes(32).toString('base64url');

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'gantry-secrets-'));
  fresh = await freshDatabase();
  const secretSources = [environmentSource({ GANTRY_VAR_BOTH: 'x' })];
  api = await startApi(fresh.database, {}, { secretKeys: parseSecretKeys(KEY, 'test'), secretSources });
  write('url', fresh.url);
  write('key', KEY);
});
afterEach(async () => {
  await api.server.close();
  await fresh.drop();
  rmSync(home, { recursive: true, force: true });
});

function write(name: string, text: string): string {
  writeFileSync(join(home, name), text, { mode: 0o600 });
  return join(home, name);
}

const gantry = (...words: readonly string[]) =>
  gantryAnswer(home, words, {
    GANTRY_API_URL: api.url,
    GANTRY_API_TOKEN: api.token,
    GANTRY__DATABASE__URL_FILE: join(home, 'url'),
    GANTRY__SECRETS__ENCRYPTION_KEYS_FILE: join(home, 'key'),
  });

test('connections go round by file: added without a secret in an argument, shown masked, exported whole, imported again', async () => {
  const uri = write(
    'uri',
    'postgres://me:canary-pw@h:5432/s?__extra__=%7B%22token%22%3A%22canary-token%22%2C%22n%22%3A1%7D\n',
  );
  expect(await gantry('connections', 'add', 'db', '--conn-uri-file', uri)).toMatchObject({
    out: 'Connection db is made.\n',
  });
  const password = write('password', 'canary-second\n');
  const words = ['--conn-type', 'http', '--conn-port', '80', '--conn-password-file', password];
  expect(await gantry('connections', 'add', 'web', ...words)).toMatchObject({ out: 'Connection web is made.\n' });
  const shown = [await gantry('connections', 'list'), await gantry('connections', 'get', 'db', '-o', 'json')];
  expect(JSON.parse(shown[1]!.out)).toMatchObject({ login: 'me', password: '***', extra: '{"token":"***","n":1}' });
  expect(JSON.stringify(shown)).not.toContain('canary');
  const file = join(home, 'out.json');
  const exported = await gantry('connections', 'export', file);
  expect([exported.code, exported.out]).toEqual([0, `2 connections are in ${file}.\n`]);
  expect(exported.err).toContain('holds secrets in plain text');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file, 'utf8');
  expect(JSON.parse(text)).toMatchObject({
    db: { conn_type: 'postgres', password: 'canary-pw', extra: '{"token":"canary-token","n":1}' },
    web: { port: 80, password: 'canary-second' },
  });
  for (const id of ['db', 'web']) expect((await gantry('connections', 'delete', id)).code).toBe(0);
  expect((await gantry('connections', 'import', file)).out).toBe('2 connections are set.\n');
  await gantry('connections', 'export', join(home, 'again.json'));
  expect(readFileSync(join(home, 'again.json'), 'utf8')).toBe(text);
});

test('a secret variable is taken from no argument, and exported only when it is asked for', async () => {
  const refused = await gantry('variables', 'set', 'my_token', 'canary');
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('gantry variables set my_token -')]);
  expect(refused.err).not.toContain('canary');
  await api.call('/api/v2/variables', { body: { key: 'my_token', value: 'canary' } });
  expect((await gantry('variables', 'export', '-')).out).not.toContain('canary');
  const whole = join(home, 'variables.json');
  expect((await gantry('variables', 'export', whole, '--with-secrets')).code).toBe(0);
  expect([JSON.parse(readFileSync(whole, 'utf8')), statSync(whole).mode & 0o777]).toEqual([
    { my_token: 'canary' },
    0o600,
  ]);
  const other = write('key', randomBytes(32).toString('base64url'));
  const unreadable = await gantry('variables', 'export', join(home, 'none.json'), '--with-secrets');
  expect([unreadable.code, unreadable.err]).toEqual([1, expect.stringContaining('is sealed under the key')]);
  expect([existsSync(join(home, 'none.json')), existsSync(other)]).toEqual([false, true]);
});

test('which source gives a variable is told, without the value', async () => {
  await api.call('/api/v2/variables', { body: { key: 'both', value: 'canary' } });
  expect((await gantry('variables', 'get', 'both', '--explain')).out).toBe(
    'environment gives it\ndatabase has it too, and is not asked\n(A task looks in its own environment before.)\n',
  );
  expect((await gantry('connections', 'get', 'none', '--explain')).out).toContain('database does not have it');
});

test('pools go round by file', async () => {
  const file = write('pools.json', '{"p": {"slots": 3, "description": "d"}, "default_pool": {"slots": 7}}');
  expect((await gantry('pools', 'import', file)).out).toBe('2 pools are set.\n');
  const { out } = await gantry('pools', 'export', '-');
  expect(JSON.parse(out)).toMatchObject({ p: { slots: 3, description: 'd' }, default_pool: { slots: 7 } });
  const broken = await gantry('pools', 'import', write('pools.json', '{"p": {"slots": "many"}}'));
  expect([broken.code, broken.err]).toEqual([1, expect.stringContaining('slots')]);
});

test('keys are made, and a rotation tells what it did', async () => {
  await fresh.database.query(`insert into variable (key, value) values ('a', '1'), ('b', '2')`);
  expect((await gantry('secrets', 'rotate')).out).toBe('2 secrets were sealed anew.\n');
  const made = (await gantry('secrets', 'make-key')).out;
  write('key', `${made}${KEY}`);
  expect((await gantry('secrets', 'rotate')).out).toBe('2 secrets were sealed anew.\n');
  expect(JSON.parse((await gantry('secrets', 'status', '-o', 'json')).out)).toMatchObject([
    { secrets: 2, role: 'seals and opens' },
    { secrets: 0, role: 'opens' },
  ]);
});
