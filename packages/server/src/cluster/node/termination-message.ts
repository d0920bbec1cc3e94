import { readFileSync } from 'node:fs';

const MESSAGE_BYTES = 4096;
const FALLBACK_BYTES = 2048;
const FALLBACK_LINES = 80;

/** The end of what the container left in its message file, or, where its policy says so, the end of the log of one that failed. */
export function terminationMessage(
  messagePath: string,
  logPath: string,
  policy: string | undefined,
  exitCode: number,
): string {
  const message = readOr(messagePath).subarray(-MESSAGE_BYTES).toString('utf8');
  if (message !== '' || policy !== 'FallbackToLogsOnError' || exitCode === 0) return message;
  const lines = readOr(logPath)
    .toString('utf8')
    .split('\n')
    .slice(-FALLBACK_LINES - 1);
  const text = lines.map((line) => line.replace(/^\S+ \S+ \S /, '')).join('\n');
  return Buffer.from(text).subarray(-FALLBACK_BYTES).toString('utf8');
}

function readOr(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
