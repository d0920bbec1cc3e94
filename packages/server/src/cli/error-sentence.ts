import { ERROR_CODES, GantryError } from '@gantry/sdk/model';
import { UsageError } from './usage-error.ts';

/** What the machine says no to, in words; the path, where there is one, is put behind. */
const SYSTEM_SENTENCES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free space and start again; nothing that was committed is lost',
  EDQUOT: 'The disk quota is used up: free space and start again; nothing that was committed is lost',
  EACCES: 'Permission denied',
  EPERM: 'The system does not permit this',
  EROFS: 'The file system can only be read',
  ENOENT: 'There is no such file or folder',
  ENOTDIR: 'A part of the path is no folder',
  EISDIR: 'A file is expected, and this is a folder',
  EMFILE: 'Too many files are open: raise the limit with ulimit -n',
};

/** One sentence for the user, whatever went wrong. */
export function errorSentence(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (error instanceof GantryError) {
    const { sentence, remedy } = ERROR_CODES[error.code];
    return error.message === sentence ? `${sentence} ${remedy}` : error.message;
  }
  const { code, path, message } = error as { code?: unknown; path?: unknown; message?: unknown };
  const known = typeof code === 'string' ? SYSTEM_SENTENCES[code] : undefined;
  if (known !== undefined) return typeof path === 'string' ? `${known}: ${path}.` : `${known}.`;
  return `Gantry met an error of its own (${String(message ?? error)}); --debug shows where.`;
}
