import { createHash } from 'node:crypto';

/** SHA-256 in hex. The parts are kept apart, so that moving text between them makes another digest. */
export function sha256(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(parts.length === 1 ? part : `${Buffer.byteLength(part)}:${part}`);
  return hash.digest('hex');
}
