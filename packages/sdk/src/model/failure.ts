import type { Json } from './json.ts';

/** Why an attempt ended badly. Each class has a budget of its own. */
export const FAILURE_CLASSES = [
  'user_error',
  'timeout',
  'out_of_memory',
  'storage_limit',
  'never_started',
  'disrupted',
  'image',
  'configuration',
  'no_report',
  'killed',
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** A failure as every surface shows it. */
export interface Failure {
  readonly class: FailureClass;
  /** One English sentence, complete without context; never "unknown error". */
  readonly sentence: string;
  /** False for an error that must not be retried (`FailWithoutRetry`). */
  readonly retryable: boolean;
  /** Stack, exit codes, per-container facts: what a person digs through afterwards. */
  readonly detail: { readonly [key: string]: Json | undefined };
}
