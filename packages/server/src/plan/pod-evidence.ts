import type { Failure, FailureClass } from '@gantry/sdk/model';

/** Classes by which a pod says why its worker was told to end. All others are what such an end looks like from outside. */
const REASONS_TO_END: ReadonlySet<FailureClass> = new Set<FailureClass>([
  'disrupted',
  'out_of_memory',
  'storage_limit',
  'timeout',
]);

/** True for the report of a worker that was told to end (SIGTERM): it proves its death, and its cause is not known to it. */
export function isToldToEnd({ class: failureClass }: Failure): boolean {
  return failureClass === 'disrupted';
}

/**
 * What a worker's attempt fails with that reported it was told to end, and whose pod has ended so: the pod's word where
 * it names a cause, with the report beside it; else the report's. Exit codes and guesses name none.
 */
export function withEvidence(reported: Failure, seen: Failure | null): Failure {
  if (seen === null || !REASONS_TO_END.has(seen.class) || seen.detail.isGuess === true) return reported;
  return { ...seen, detail: { ...seen.detail, reported: reported.sentence } };
}
