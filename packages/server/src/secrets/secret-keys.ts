import { createHash } from 'node:crypto';
import { GantryError } from '@gantry/sdk/model';

/** A key of AES-256. Its id says under which key a value is sealed, and nothing about the key. */
export interface SecretKey {
  /** 16 hex digits. */
  readonly id: string;
  readonly bytes: Buffer;
}

const KEY_BYTES = 32;
/** Thirty-two random bytes practically never hold fewer different ones; a key that was typed does. */
const LEAST_DIFFERENT_BYTES = 16;
const MOST_KEYS = 16;

/** Keys that stand in manuals, blogs and examples of Airflow, as SHA-256 of the 32 bytes: whoever copied one has no secret. */
const PUBLISHED = new Set(
  [
    '81HqDtbqAywKSOumSha3BhWNOdQ26slT6K0YaZeZyPs=',
    '46BKJoQYlPPOexq0OhDZnIlNepKFf87WFwLbfzqDDho=',
    'YlCImzjge_TeZc7jPJ7Jz2pgOtb4yTssA1pVyqIADWg=',
  ].map((text) => digestOf(Buffer.from(text, 'base64url'))),
);

/**
 * Reads keys, each 32 random bytes in base64 (URL-safe or not), with commas or white space between them: the first seals,
 * all open. No text gives no keys. Throws `configuration_invalid`, with `place` in front, for a key that is none.
 */
export function parseSecretKeys(text: string, place: string): readonly SecretKey[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length > MOST_KEYS) throw refusal(`${place}: found ${words.length} keys, expected at most ${MOST_KEYS}.`);
  const keys = words.map((word, index) => parseKey(word, `${place}: key ${index + 1} of ${words.length}`));
  const twice = keys.findIndex(({ id }, index) => keys.findIndex((other) => other.id === id) < index);
  if (twice >= 0) throw refusal(`${place}: key ${twice + 1} is there twice; leave one out.`);
  return keys;
}

function parseKey(word: string, place: string): SecretKey {
  const remedy = 'expected 32 random bytes in base64, as gantry secrets make-key prints';
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(word)) throw refusal(`${place} is no base64; ${remedy}.`);
  const bytes = Buffer.from(word, 'base64url');
  if (bytes.length !== KEY_BYTES) throw refusal(`${place} is ${bytes.length} bytes long; ${remedy}.`);
  if (PUBLISHED.has(digestOf(bytes)))
    throw refusal(`${place} stands in public examples, so it is no secret; ${remedy}.`);
  if (new Set(bytes).size < LEAST_DIFFERENT_BYTES || bytes.every((byte) => byte >= 32 && byte < 127)) {
    throw refusal(`${place} is not random; ${remedy}.`);
  }
  return { id: keyIdOf(bytes), bytes };
}

/** Derived one way and apart from every other use of the key. */
function keyIdOf(bytes: Buffer): string {
  return createHash('sha256').update('gantry key id\n').update(bytes).digest('hex').slice(0, 16);
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function refusal(sentence: string): GantryError {
  return new GantryError('configuration_invalid', sentence);
}
