import { writeSync } from 'node:fs';
import type { ChildAnswer } from './child-answer.ts';

/** The private pipe to the server. */
const ANSWER = 3;

/** Waits until all of it is written. */
export function writeAnswer(answer: ChildAnswer): void {
  const bytes = Buffer.from(JSON.stringify(answer));
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(ANSWER, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}
