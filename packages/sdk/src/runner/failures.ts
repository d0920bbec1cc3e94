import type { Failure, FailureClass } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { Outcome } from '../model/outcome.ts';
import { withoutNul } from './storable-text.ts';

const LONGEST_SENTENCE = 2_000;
const LONGEST_STACK = 16_000;
/** How many errors behind an error are kept: causes, and those that an AggregateError stands for. */
const MOST_CAUSES = 5;
/** What errors say whose author gave no message. */
export const SKIPPED_SENTENCE = 'The task skipped itself.';
export const NO_RETRY_SENTENCE = 'The task failed and asked for no retry.';

/** Something between server, bundle and worker does not fit together; no fault of the task's code. */
export class ConfigurationFault extends Error {
  readonly facts: { readonly [key: string]: Json };

  constructor(sentence: string, facts: { readonly [key: string]: Json } = {}) {
    super(sentence);
    this.facts = facts;
  }
}

/** User code did something that makes its result useless; the sentence is for its author. */
export class TaskFault extends Error {}

export function failed(
  kind: FailureClass,
  sentence: string,
  detail: Failure['detail'] = {},
  retryable = true,
): Outcome & { kind: 'failed' } {
  return { kind: 'failed', failure: { class: kind, sentence: cut(sentence), retryable, detail } };
}

/**
 * The outcome of whatever was thrown while the bundle was loaded or the task ran. `deed` says what was being done;
 * `readable` makes a stack one that the author can use.
 */
export function outcomeOfThrown(thrown: unknown, deed: string, readable: (stack: string) => string): Outcome {
  if (thrown instanceof ConfigurationFault) return failed('configuration', thrown.message, thrown.facts, false);
  if (thrown instanceof TaskFault) return failed('user_error', thrown.message);
  const message = messageOf(thrown);
  const steering = propertyOf(thrown, 'gantryKind');
  if (steering === 'skip') return { kind: 'skipped', sentence: cut(message || SKIPPED_SENTENCE) };
  const detail = detailOf(thrown, readable);
  if (steering === 'fail_without_retry') return failed('user_error', message || NO_RETRY_SENTENCE, detail, false);
  return failed('user_error', `${deed} ${nameOf(thrown)}${message ? `: ${message}` : '.'}`, detail);
}

/** The outcome as it may be told: what the task threw may hold a secret that it has read. */
export function withoutSecrets(outcome: Outcome, mask: (text: string) => string): Outcome {
  if (outcome.kind === 'skipped') return { ...outcome, sentence: mask(outcome.sentence) };
  if (outcome.kind !== 'failed') return outcome;
  const { failure } = outcome;
  const fields = Object.entries(failure.detail).map(([name, value]) => [
    name,
    typeof value === 'string' ? mask(value) : value,
  ]);
  return { ...outcome, failure: { ...failure, sentence: mask(failure.sentence), detail: Object.fromEntries(fields) } };
}

function nameOf(thrown: unknown): string {
  if (thrown instanceof Error || typeof propertyOf(thrown, 'message') === 'string') {
    const name = propertyOf(thrown, 'name');
    return typeof name === 'string' && name !== '' ? name : 'Error';
  }
  return `a thrown ${thrown === null ? 'null' : typeof thrown}`;
}

function messageOf(thrown: unknown): string {
  const message = propertyOf(thrown, 'message');
  if (typeof message === 'string') return message;
  if (typeof thrown === 'string') return thrown;
  return process.getBuiltinModule('node:util').inspect(thrown, { depth: 2, maxStringLength: 500 });
}

function detailOf(thrown: unknown, readable: (stack: string) => string): Failure['detail'] {
  const stack = propertyOf(thrown, 'stack');
  if (typeof stack !== 'string') return {};
  const shown = (text: string) => withoutNul(readable(text)).slice(0, LONGEST_STACK);
  const causes = causesOf(thrown).map((cause) => stackOrMessageOf(cause));
  return { stack: shown(stack), ...(causes.length === 0 ? {} : { cause: causes.map(shown).join('\nCaused by: ') }) };
}

/** The errors behind an error, nearest first; an error that is its own cause is there once. */
function causesOf(thrown: unknown): readonly unknown[] {
  const found: unknown[] = [thrown];
  for (let at = 0; at < found.length && found.length <= MOST_CAUSES; at += 1) {
    const cause = propertyOf(found[at], 'cause');
    const errors = propertyOf(found[at], 'errors');
    const behind = [...(cause === undefined ? [] : [cause]), ...(Array.isArray(errors) ? errors : [])];
    for (const one of behind) if (!found.includes(one)) found.push(one);
  }
  return found.slice(1, MOST_CAUSES + 1);
}

function stackOrMessageOf(thrown: unknown): string {
  const stack = propertyOf(thrown, 'stack');
  return typeof stack === 'string' ? stack : messageOf(thrown);
}

/** User code may throw anything, objects with throwing getters among it. */
function propertyOf(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  try {
    return (value as { [key: string]: unknown })[name];
  } catch {
    return undefined;
  }
}

function cut(text: string): string {
  const clean = withoutNul(text);
  return clean.length > LONGEST_SENTENCE ? `${clean.slice(0, LONGEST_SENTENCE)} …` : clean;
}
