import { UsageError } from './usage-error.ts';

/** A whole number of at least 1 from the command line. */
export function atLeastOne(name: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw new UsageError(`${name}: found "${text}", expected a whole number of at least 1.`);
}
