import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Random } from '@gantry/sdk/model';

/** SHA-256 in hex; the only form in which tokens are stored. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** A new secret of 256 bits, base64url (43 characters): three version 4 UUIDs hold 366 random bits. */
export function randomSecret(random: Random): string {
  const source = `${random.uuid()}${random.uuid()}${random.uuid()}`;
  return createHash('sha256').update(source).digest('base64url');
}

/**
 * The secret with which a worker of an executor without pods claims its attempt: HMAC-SHA-256 (hex) of the attempt's id
 * under the deployment's claim key (hex). Handed over an inherited pipe, never by environment or argument.
 */
export function claimSecret(claimKeyHex: string, attemptId: string): string {
  return createHmac('sha256', Buffer.from(claimKeyHex, 'hex')).update(attemptId).digest('hex');
}

/**
 * The token of one granted claim. It is computed, not stored, so that a repeated claim gets the same answer (I05). The
 * attempt's id stands in it to find the row; the rest is an HMAC that nobody without the claim key can make.
 */
export function attemptToken(claimKeyHex: string, attemptId: string, nonce: string): string {
  const key = Buffer.from(claimKeyHex, 'hex');
  const mac = createHmac('sha256', key).update(`attempt token\n${attemptId}\n${nonce}`).digest('base64url');
  return `gantry-attempt.${attemptId}.${mac}`;
}

/** The attempt that a token claims to be of; null for what is no attempt token. Proves nothing. */
export function attemptOfToken(token: string): string | null {
  return /^gantry-attempt\.([0-9a-f-]{36})\./.exec(token)?.[1] ?? null;
}

/** Compares in a time that does not depend on where two texts differ. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest());
}

/** The bearer token of an Authorization header; null when there is none. */
export function bearerOf(header: string | undefined): string | null {
  return /^Bearer +([^\s]+) *$/i.exec(header ?? '')?.[1] ?? null;
}
