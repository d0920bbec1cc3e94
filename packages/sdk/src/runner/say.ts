import { writeSync } from 'node:fs';

/** The worker's own word, on its real stderr and not in the task's log. Never throws. */
export function say(sentence: string): void {
  write(2, `gantry worker: ${sentence}\n`);
}

/** Writes to a real stream without loading Node's stream for it; false when not all of it was taken. */
export function write(descriptor: 1 | 2, text: string): boolean {
  try {
    return writeSync(descriptor, text) === Buffer.byteLength(text);
  } catch {
    return false;
  }
}
