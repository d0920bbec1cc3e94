import { randomBytes } from 'node:crypto';

/** A key for [secrets] encryption_keys: 32 random bytes in URL-safe base64. */
export function newSecretKey(): string {
  return randomBytes(32).toString('base64url');
}
