import { constants } from 'node:os';

/** `SIGTERM` for signal 15 or exit code 143; null when a container ended by itself. */
export function signalName(end: { readonly exitCode: number | null; readonly signal: number | null }): string | null {
  const number =
    end.signal || (end.exitCode !== null && end.exitCode > 128 && end.exitCode < 160 ? end.exitCode - 128 : 0);
  if (number === 0) return null;
  const entry = Object.entries(constants.signals).find(([, value]) => value === number);
  return entry === undefined ? `signal ${number}` : entry[0];
}
