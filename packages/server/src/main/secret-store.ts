import { type Rotation, rotateSecrets } from '../secrets/rotate-secrets.ts';
import { SecretBox } from '../secrets/secret-box.ts';
import type { Database } from '../store/database.ts';
import { countSecrets } from '../store/reseal-secrets.ts';
import type { Configuration } from './configuration.ts';
import { onDatabase } from './offline-store.ts';
import { secretKeysOf } from './secret-keys.ts';
import { withStandaloneKey } from './standalone-key.ts';
import { systemRandom } from './system-random.ts';

/** The secrets of one database as commands on this machine reach them: with the database's URL and the keys, past the API. */
export interface SecretStore {
  readonly database: Database;
  readonly box: SecretBox;
}

/**
 * Runs `work` on the secrets of the configured database under the configured keys, or on those of the standalone of
 * GANTRY_HOME, whether it runs or not.
 */
export async function withSecretStore<Result>(
  configuration: Configuration,
  work: (store: SecretStore) => Promise<Result>,
): Promise<Result> {
  const box = new SecretBox(secretKeysOf(withStandaloneKey(configuration)), systemRandom);
  return onDatabase(configuration, 'secrets', (database) => work({ database, box }));
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
