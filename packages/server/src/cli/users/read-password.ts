import { UsageError } from '../usage-error.ts';

const MOST_BYTES = 4096;

/** The password from standard input, without the line's end; null unless `--password-stdin` was given. Never from an argument. */
export async function readPassword(options: { readonly passwordStdin?: true }): Promise<string | null> {
  if (options.passwordStdin !== true) return null;
  let text = '';
  for await (const piece of process.stdin.setEncoding('utf8')) {
    text += piece;
    if (text.length > MOST_BYTES)
      throw new UsageError(`standard input: more than ${MOST_BYTES} characters, expected one password.`);
  }
  return text.replace(/\r?\n$/, '');
}
