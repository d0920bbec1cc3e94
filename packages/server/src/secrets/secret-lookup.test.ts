import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { environmentSource } from './environment-source.ts';
import { SecretBox } from './secret-box.ts';
import { SecretLookup } from './secret-lookup.ts';
import type { SecretSource } from './secret-source.ts';

const box = new SecretBox([], { uuid: () => '', fraction: () => 0 });
const source = (name: string, given: Partial<SecretSource>): SecretSource => ({
  name,
  variable: async () => null,
  connection: async () => null,
  ...given,
});
const stored = { plain: 'stored', sealed: null };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the environment goes before a backend, and that before the database', async () => {
  const environment = environmentSource({ GANTRY_VAR_A: 'of the environment', GANTRY_VAR_EMPTY: '' });
  const backend = source('vault', { variable: async (key) => (key === 'none' ? null : 'of the vault') });
  const lookup = new SecretLookup(box, [environment, backend], []);
  expect((await lookup.variable('a', stored))?.value).toBe('of the environment');
  expect((await lookup.variable('empty', stored))?.value).toBe('');
  expect((await lookup.variable('b', stored))?.value).toBe('of the vault');
  expect((await lookup.variable('none', stored))?.value).toBe('stored');
  expect(await lookup.variable('none', null)).toBeNull();
  expect(await lookup.explain('variable', 'a', true)).toEqual([
    { source: 'environment', has: true },
    { source: 'vault', has: true },
    { source: 'database', has: true },
  ]);
});

test('connections come as URIs and JSON, and secrets are named for the log', async () => {
  const environment = environmentSource({
    GANTRY_CONN_DB: 'postgres://u:pass-word@h/s?token=tok-en',
    'GANTRY_CONN_A.B': '{"conn_type": "http", "extra": {"deep": {"PinCode": 12345, "api_key": ""}}}',
    GANTRY_CONN_BAD: 'canary',
  });
  const lookup = new SecretLookup(box, [environment], ['pincode']);
  expect(await lookup.connection('db', null)).toMatchObject({
    connection: { connectionId: 'db', password: 'pass-word', schema: 's' },
    secrets: ['pass-word', 'tok-en'],
  });
  expect(await lookup.connection('a.b', null)).toMatchObject({ connection: { connType: 'http' }, secrets: ['12345'] });
  await expect(lookup.connection('bad', null)).rejects.toMatchObject({
    code: 'secret_unreadable',
    message:
      'The connection "bad" of the source environment is no URI of the form type://login:password@host:port/schema?key=value.',
  });
});

test('a backend that fails is never taken for one that has nothing, and what it says is not shown [I41]', async () => {
  const refused = Object.assign(new Error('401 with token canary'), { code: 'ECONNREFUSED' });
  const lookup = new SecretLookup(box, [source('vault', { variable: async () => Promise.reject(refused) })], []);
  await expect(lookup.variable('a', stored)).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The secrets backend vault does not answer as it should (ECONNREFUSED); try again.',
  });
});

test('a backend that does not answer holds nobody up for ever', async () => {
  const lookup = new SecretLookup(box, [source('vault', { variable: () => new Promise(() => {}) })], []);
  const asked = expect(lookup.variable('a', stored)).rejects.toMatchObject({ code: 'unavailable' });
  await vi.advanceTimersByTimeAsync(10_000);
  await asked;
});

test('a variable of a sensitive name is a secret, one of JSON has those that are in it', async () => {
  const lookup = new SecretLookup(box, [], ['pincode']);
  const secrets = async (key: string, plain: string) => (await lookup.variable(key, { plain, sealed: null }))?.secrets;
  expect(await secrets('my_api_key', 'abcdef')).toEqual(['abcdef']);
  expect(await secrets('plain', 'abcdef')).toEqual([]);
  expect(await secrets('json', '[{"password": "one"}, {"x": {"pincode_b": ["two", 3, true, null]}}]')).toEqual([
    'one',
    'two',
    '3',
  ]);
  expect(await secrets('json', '{"password": "broken"')).toEqual([]);
});
