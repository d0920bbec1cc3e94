import type { Failure } from '../model/failure.ts';
import type { Outcome } from '../model/outcome.ts';
import { NO_RETRY_SENTENCE, SKIPPED_SENTENCE } from './failures.ts';
import type { TaskLog } from './task-log.ts';

/** Writes into the task's log why it did not succeed: what was thrown, and where. A success needs no word. */
export function tellOutcome(outcome: Outcome, log: TaskLog): void {
  if (outcome.kind === 'failed') log.error(failureText(outcome.failure));
  if (outcome.kind === 'skipped') log.info(skipText(outcome.sentence));
}

function skipText(sentence: string): string {
  return sentence === SKIPPED_SENTENCE ? sentence : `The task skipped itself: ${sentence}`;
}

function failureText(failure: Failure): string {
  const { class: kind, sentence, retryable, detail } = failure;
  const asksForNone = kind === 'user_error' && !retryable && sentence !== NO_RETRY_SENTENCE;
  const first = asksForNone ? `The task failed and asked for no retry: ${sentence}` : sentence;
  const stack = typeof detail.stack === 'string' ? [withoutRepeat(detail.stack, sentence)] : [];
  const cause = typeof detail.cause === 'string' ? [`Caused by: ${detail.cause}`] : [];
  return [first, ...stack, ...cause].filter((part) => part !== '').join('\n');
}

/** A stack begins with name and message, which the sentence mostly says already. */
function withoutRepeat(stack: string, sentence: string): string {
  const start = stack.search(/^ +at /m);
  const head = (start < 0 ? stack : stack.slice(0, start)).trim();
  const message = head.replace(/^[\w$]+: /, '');
  if (!sentence.includes(message)) return stack;
  return start < 0 ? '' : stack.slice(start);
}
