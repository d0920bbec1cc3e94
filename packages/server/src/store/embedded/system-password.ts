import { randomBytes } from 'node:crypto';

/** 192 random bits in letters that need no quoting in a URL. */
export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}
