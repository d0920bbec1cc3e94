import { GantryError } from '@gantry/sdk/model';
import type { Database } from '../store/database.ts';
import { listForeignSecrets, replaceSecret, type SecretCell } from '../store/reseal-secrets.ts';
import type { SecretBox } from './secret-box.ts';

const BATCH = 200;

export interface Rotation {
  /** Secrets that were sealed anew, among them those that stood plain. */
  readonly sealed: number;
  /** A sentence for each secret that cannot be opened and stays as it is; the first hundred. */
  readonly unreadable: readonly string[];
  readonly unreadableCount: number;
}

const MOST_SENTENCES = 100;

/**
 * Seals everything under the first key that is not yet: what stands plain, and what is under another key. Each secret is
 * compared and set by itself, so it may be ended at any point and begun again, and runs beside whoever changes them.
 * Throws `configuration_invalid` when there is no key.
 */
export async function rotateSecrets(database: Database, box: SecretBox): Promise<Rotation> {
  const keyId = box.sealingKeyId;
  if (keyId === null) {
    throw new GantryError(
      'configuration_invalid',
      '[secrets] encryption_keys is not set, so there is no key to seal under; gantry secrets make-key prints one.',
    );
  }
  const unreadable: string[] = [];
  let [sealed, unreadableCount] = [0, 0];
  let after: SecretCell | null = null;
  for (;;) {
    const cells: readonly SecretCell[] = await listForeignSecrets(database, keyId, after, BATCH);
    for (const cell of cells) {
      const fault = await sealAnew(database, box, cell);
      if (fault === null) sealed += 1;
      else {
        unreadableCount += 1;
        if (unreadable.length < MOST_SENTENCES) unreadable.push(fault);
      }
    }
    after = cells.at(-1) ?? null;
    if (after === null) return { sealed, unreadable, unreadableCount };
  }
}

/** Null when it is done, or when somebody has just set the secret anew, which seals it as well. */
async function sealAnew(database: Database, box: SecretBox, cell: SecretCell): Promise<string | null> {
  try {
    const { sealed } = box.seal(box.open(cell, cell), cell);
    if (sealed !== null) await replaceSecret(database, cell, sealed);
    return null;
  } catch (error) {
    if (error instanceof GantryError && ['secret_unreadable', 'too_large'].includes(error.code)) return error.message;
    throw error;
  }
}
