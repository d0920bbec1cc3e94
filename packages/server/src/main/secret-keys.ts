import { GantryError } from '@gantry/sdk/model';
import { parseSecretKeys, type SecretKey } from '../secrets/secret-keys.ts';
import type { Queryable } from '../store/database.ts';
import { countSecrets } from '../store/reseal-secrets.ts';
import type { Configuration } from './configuration.ts';

/** The configured keys. Throws `configuration_invalid` for one that is short, not random or an example. */
export function secretKeysOf({ config, settings }: Configuration): readonly SecretKey[] {
  const origin = settings.get('secrets.encryption_keys')?.origin ?? 'default';
  return parseSecretKeys(config.secrets.encryption_keys, `[secrets] encryption_keys (${origin})`);
}

/**
 * What an operator should know of the stored secrets and these keys. Throws `configuration_invalid` when there is no key
 * and something is sealed: each task that reads a secret would fail.
 */
export async function checkSecretKeys(db: Queryable, keys: readonly SecretKey[]): Promise<readonly string[]> {
  const counts = await countSecrets(db);
  const plain = counts.find(({ keyId }) => keyId === null)?.count ?? 0;
  const foreign = counts.filter(({ keyId }) => keyId !== null && !keys.some(({ id }) => id === keyId));
  const foreignCount = foreign.reduce((sum, { count }) => sum + count, 0);
  if (keys.length === 0 && foreignCount > 0) {
    throw new GantryError(
      'configuration_invalid',
      `[secrets] encryption_keys is not set, and the database holds ${secrets(foreignCount)} sealed under the key ${foreign[0]?.keyId}: set the key that they were sealed under.`,
    );
  }
  if (keys.length === 0) {
    return [
      '[secrets] encryption_keys is not set: secrets are stored as they are; gantry secrets make-key prints a key.',
    ];
  }
  const lost = `The database holds ${secrets(foreignCount)} sealed under a key that [secrets] encryption_keys does not hold (${foreign.map(({ keyId }) => keyId).join(', ')}): add it, or set them anew.`;
  const open = `The database holds ${secrets(plain)} stored as they are, without a seal: run gantry secrets rotate.`;
  return [...(foreignCount > 0 ? [lost] : []), ...(plain > 0 ? [open] : [])];
}

function secrets(count: number): string {
  return count === 1 ? '1 secret' : `${count} secrets`;
}
