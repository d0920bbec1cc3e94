import { closeSync, openSync, readSync } from 'node:fs';

/** At least 0, less than 1; for the jitter of back-offs. */
export function systemFraction(): number {
  return Math.random();
}

/**
 * 128 random bits in hex. They are read from the kernel, because loading node:crypto costs more than all else a worker
 * does before its claim; where there is no /dev/urandom it is loaded after all.
 */
export function systemNonce(): string {
  const bytes = Buffer.alloc(16);
  try {
    const file = openSync('/dev/urandom', 'r');
    const read = readSync(file, bytes, 0, 16, null);
    closeSync(file);
    if (read === 16) return bytes.toString('hex');
  } catch {
    // No such device here.
  }
  return process.getBuiltinModule('node:crypto').randomBytes(16).toString('hex');
}
