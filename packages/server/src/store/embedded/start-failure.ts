import { GantryError } from '@gantry/sdk/model';
import { databaseFailure } from '../database-failure.ts';
import type { Places } from './places.ts';

/** SQLSTATE invalid_password. */
export const WRONG_PASSWORD = '28P01';

/** Why the embedded server did not start, in one sentence from what it wrote last. */
export function startFailure(error: unknown, places: Places): GantryError {
  if (error instanceof GantryError) {
    return error;
  }
  const told = error instanceof Error ? error.message : String(error);
  if (/No space left on device|ENOSPC|Disk quota exceeded/i.test(told)) {
    return new GantryError('disk_full', `The disk that holds ${places.base} is full: free space and start again.`, {
      cause: error,
    });
  }
  if (databaseFailure(error).sqlState === WRONG_PASSWORD) {
    return new GantryError(
      'unavailable',
      `The embedded PostgreSQL in ${places.data} does not know the password in ${places.folder}/password: restore that file, or remove both to begin anew.`,
      { cause: error },
    );
  }
  if (/Address already in use/i.test(told)) {
    return new GantryError('port_in_use', 'The port of the embedded PostgreSQL is taken by another process.', {
      cause: error,
    });
  }
  const line = told
    .split('\n')
    .map((text) => text.trim())
    .filter((text) => /FATAL|PANIC|error|could not|permission/i.test(text))
    .at(-1)
    ?.replace(/^.*?(FATAL|PANIC|error):\s*/i, '');
  return new GantryError(
    'unavailable',
    `The embedded PostgreSQL in ${places.folder} did not start: ${line ?? (told.split('\n')[0] || 'it gave no reason')}. Its log is ${places.log}.`,
    { cause: error },
  );
}
