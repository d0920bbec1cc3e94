import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { readConfiguration } from './configuration.ts';
import { checkSecretKeys, secretKeysOf } from './secret-keys.ts';
import { keyUses, rotate } from './secret-store.ts';
import { ensureStandaloneKey, withStandaloneKey } from './standalone-key.ts';

const [OLD, NEW] = [0, 1].map(() => randomBytes(32).toString('base64url')) as [string, string];
let fresh: FreshDatabase;
let home: string;
beforeEach(async () => {
  fresh = await freshDatabase();
  home = mkdtempSync(join(tmpdir(), 'gantry-secret-store-'));
  await fresh.database.query(`insert into variable (key, value) values ('a', '1'), ('b', '2')`);
});
afterEach(async () => {
  await fresh.drop();
  rmSync(home, { recursive: true, force: true });
});

const configured = (keys: string) =>
  readConfiguration({ GANTRY_HOME: home, GANTRY__DATABASE__URL: fresh.url, GANTRY__SECRETS__ENCRYPTION_KEYS: keys });
const check = (keys: string) => checkSecretKeys(fresh.database, secretKeysOf(configured(keys)));

test('a rotation tells which key holds what, before and after [I44]', async () => {
  expect(await keyUses(configured(OLD))).toMatchObject([
    { keyId: null, count: 2, role: 'no seal' },
    { role: 'seals and opens', count: 0 },
  ]);
  await rotate(configured(OLD));
  expect(await keyUses(configured(`${NEW},${OLD}`))).toMatchObject([
    { role: 'opens', count: 2 },
    { role: 'seals and opens', count: 0 },
  ]);
  await rotate(configured(`${NEW},${OLD}`));
  expect(await keyUses(configured(NEW))).toMatchObject([{ role: 'seals and opens', count: 2 }]);
  expect(await keyUses(configured(OLD))).toMatchObject([{ role: 'not configured', count: 2 }, { count: 0 }]);
});

test('nothing is rotated without a key', async () => {
  await expect(rotate(configured(''))).rejects.toThrow(
    '[secrets] encryption_keys is not set, so there is no key to seal under',
  );
});

test('a start without the key that something is sealed under is refused in one sentence, with another key warned of [A47]', async () => {
  expect(await check('')).toEqual([expect.stringContaining('secrets are stored as they are')]);
  expect(await check(OLD)).toEqual([
    'The database holds 2 secrets stored as they are, without a seal: run gantry secrets rotate.',
  ]);
  await rotate(configured(OLD));
  expect(await check(OLD)).toEqual([]);
  await expect(check('')).rejects.toThrow(
    /^\[secrets\] encryption_keys is not set, and the database holds 2 secrets sealed under the key [0-9a-f]{16}: set the key that they were sealed under\.$/,
  );
  expect(await check(NEW)).toEqual([
    expect.stringMatching(/^The database holds 2 secrets sealed under a key that .* add it, or set them anew\.$/),
  ]);
});

test('a standalone makes a random key for its owner once, and takes a configured one instead [A34]', () => {
  const own = readConfiguration({ GANTRY_HOME: home });
  const path = ensureStandaloneKey(own)!;
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const key = readFileSync(path, 'utf8');
  expect(ensureStandaloneKey(own)).toBe(path);
  expect(readFileSync(path, 'utf8')).toBe(key);
  expect(secretKeysOf(withStandaloneKey(own))).toHaveLength(1);
  expect(ensureStandaloneKey(configured(OLD))).toBeNull();
  expect(secretKeysOf(withStandaloneKey(configured(OLD)))).toEqual(secretKeysOf(configured(OLD)));
});
