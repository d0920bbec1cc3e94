import { createInterface } from 'node:readline/promises';
import { UsageError } from './usage-error.ts';

/** Asks a person on the terminal; without one, --yes must have been given. */
export async function confirm(question: string, isGiven: boolean): Promise<boolean> {
  if (isGiven) return true;
  if (process.stdin.isTTY !== true)
    throw new UsageError(
      'Nobody can be asked here: add --yes to do it, or --dry-run to only see what it would change.',
    );
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}
