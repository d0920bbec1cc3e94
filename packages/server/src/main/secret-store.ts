import { existsSync, readFileSync } from 'node:fs';
import { type Rotation, rotateSecrets } from '../secrets/rotate-secrets.ts';
import { SecretBox } from '../secrets/secret-box.ts';
import type { Database } from '../store/database.ts';
import { countSecrets } from '../store/reseal-secrets.ts';
import type { Configuration } from './configuration.ts';
import { secretKeysOf } from './secret-keys.ts';
import { databaseUrlFile } from './standalone-environment.ts';
import { withStandaloneKey } from './standalone-key.ts';
import { openStore } from './store-access.ts';
import { systemRandom } from './system-random.ts';

/** The secrets of one database as commands on this machine reach them: with the database's URL and the keys, past the API. */
export interface SecretStore {
  readonly database: Database;
  readonly box: SecretBox;
}

/**
 * Opens the configured database and keys, or those of the standalone that runs on GANTRY_HOME, for as long as `work` takes.
 */
export async function withSecretStore<Result>(
  configuration: Configuration,
  work: (store: SecretStore) => Promise<Result>,
): Promise<Result> {
  const whole = withStandaloneKey(withStandaloneUrl(configuration));
  const box = new SecretBox(secretKeysOf(whole), systemRandom);
  const database = await openStore(whole, 'gantry secrets');
  try {
    return await work({ database, box });
  } finally {
    await database.close();
  }
}

/** Seals everything under the first key. */
export function rotate(configuration: Configuration): Promise<Rotation> {
  return withSecretStore(configuration, ({ database, box }) => rotateSecrets(database, box));
}

export interface KeyUse {
  /** Null: stored without a seal. */
  readonly keyId: string | null;
  readonly role: 'seals and opens' | 'opens' | 'not configured' | 'no seal';
  readonly count: number;
}

/** Every key that is configured or in use, with how many secrets are sealed under it. */
export function keyUses(configuration: Configuration): Promise<readonly KeyUse[]> {
  return withSecretStore(configuration, async ({ database, box }) => {
    const counts = await countSecrets(database);
    const stored = counts.map(({ keyId, count }) => ({ keyId, count, role: roleOf(box, keyId) }));
    const unused = box.keyIds.filter((id) => !counts.some(({ keyId }) => keyId === id));
    return [...stored, ...unused.map((keyId) => ({ keyId, count: 0, role: roleOf(box, keyId) }))];
  });
}

function roleOf(box: SecretBox, keyId: string | null): KeyUse['role'] {
  if (keyId === null) return 'no seal';
  if (keyId === box.sealingKeyId) return 'seals and opens';
  return box.keyIds.includes(keyId) ? 'opens' : 'not configured';
}

function withStandaloneUrl(configuration: Configuration): Configuration {
  const { home, config } = configuration;
  const path = databaseUrlFile(home);
  if (config.database.url !== '' || !existsSync(path)) return configuration;
  const url = readFileSync(path, 'utf8').trim();
  return { ...configuration, config: { ...config, database: { ...config.database, url } } };
}
