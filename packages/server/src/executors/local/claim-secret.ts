import { createHmac } from 'node:crypto';

/**
 * The credential by which a worker of the local executor claims its attempt: HMAC-SHA-256 of the attempt's id under the
 * deployment's claim key, in hex. The API server computes the same, so nothing is stored and nothing is sent ahead.
 */
export function claimSecret(claimKey: Uint8Array, attemptId: string): string {
  return createHmac('sha256', claimKey).update(attemptId).digest('hex');
}
