import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { GantryError, type Random } from '@gantry/sdk/model';
import { MOST_SEALED_BYTES, type StoredSecret } from '../store/stored-secret.ts';
import type { SecretKey } from './secret-keys.ts';
import { placeText, type SecretPlace } from './secret-place.ts';

const CIPHER = 'aes-256-gcm';
const VERSION = 1;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;

/**
 * Seals secrets before they are stored, and opens them: AES-256-GCM with a random nonce, and with version, key and place
 * as associated data. The bytes: version (1), id of the key (8), nonce (12), tag (16), ciphertext. Without a key secrets
 * are stored as they are.
 */
export class SecretBox {
  readonly #keys: readonly SecretKey[];
  readonly #random: Random;

  constructor(keys: readonly SecretKey[], random: Random) {
    this.#keys = keys;
    this.#random = random;
  }

  /** Id of the key that seals; null when there is none. */
  get sealingKeyId(): string | null {
    return this.#keys[0]?.id ?? null;
  }

  get keyIds(): readonly string[] {
    return this.#keys.map(({ id }) => id);
  }

  /** Throws `too_large` for a text that no row may hold. */
  seal(text: string, place: SecretPlace): StoredSecret {
    const key = this.#keys[0];
    if (Buffer.byteLength(text) > MOST_SEALED_BYTES - HEAD_BYTES) {
      throw new GantryError('too_large', `The ${placeText(place)} is larger than ${MOST_SEALED_BYTES / 2 ** 20} MiB.`);
    }
    if (key === undefined) return { plain: text, sealed: null };
    const nonce = createHash('sha256').update(this.#random.uuid()).digest().subarray(0, NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key.bytes, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(boundData(key.id, place));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const head = [Buffer.of(VERSION), Buffer.from(key.id, 'hex'), nonce, cipher.getAuthTag()];
    return { plain: null, sealed: Buffer.concat([...head, body]) };
  }

  /** Throws `secret_unreadable`: sealed under a key that is not configured, or changed, cut or moved since it was sealed. */
  open({ plain, sealed }: StoredSecret, place: SecretPlace): string {
    if (sealed === null) return plain ?? '';
    const keyId = keyIdOf(sealed);
    const key = this.#keys.find(({ id }) => id === keyId);
    if (sealed[0] !== VERSION || sealed.length < HEAD_BYTES || sealed.length > MOST_SEALED_BYTES) throw damaged(place);
    if (key === undefined) {
      throw new GantryError(
        'secret_unreadable',
        `The ${placeText(place)} is sealed under the key ${keyId}, which [secrets] encryption_keys does not hold; add that key, or set the value anew.`,
      );
    }
    const at = 1 + KEY_ID_BYTES;
    const nonce = sealed.subarray(at, at + NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, key.bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(boundData(key.id, place)).setAuthTag(sealed.subarray(at + NONCE_BYTES, HEAD_BYTES));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      throw damaged(place);
    }
  }
}

/** Id of the key under which bytes claim to be sealed. */
function keyIdOf(sealed: Buffer): string {
  return sealed.subarray(1, 1 + KEY_ID_BYTES).toString('hex');
}

/** As JSON, so that no two places have the same bytes. */
function boundData(keyId: string, { table, row, field }: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify(['gantry secret', VERSION, keyId, table, row, field]));
}

function damaged(place: SecretPlace): GantryError {
  return new GantryError(
    'secret_unreadable',
    `The ${placeText(place)} cannot be opened: what is stored was changed, cut or moved from another row; set the value anew.`,
  );
}
