import { countFailure } from './failure-counts.ts';
import { setInstanceState } from './run-snapshot.ts';
import type { InstanceSnapshot, RunSnapshot } from './snapshot.ts';
import type { Conclusion } from './step.ts';

/** Moves an instance as was concluded of its attempt; answers why, where the new state does not say it. */
export function applyConclusion(
  snapshot: RunSnapshot,
  instance: InstanceSnapshot,
  conclusion: Conclusion,
): string | null {
  const { index } = instance;
  if ('failure' in conclusion) {
    const { failure, kind } = conclusion;
    instance.failures = countFailure(instance.failures, failure.class, kind === 'retry_free');
  }
  switch (conclusion.kind) {
    case 'success':
      setInstanceState(snapshot, index, 'success');
      return null;
    case 'skipped':
      setInstanceState(snapshot, index, 'skipped');
      return conclusion.reason;
    case 'failed':
      setInstanceState(snapshot, index, 'failed');
      return conclusion.failure.sentence;
    case 'retry':
      instance.notBefore = conclusion.notBefore;
      setInstanceState(snapshot, index, 'up_for_retry');
      return conclusion.failure.sentence;
    case 'retry_free':
      instance.notBefore = conclusion.notBefore;
      setInstanceState(snapshot, index, 'scheduled');
      return conclusion.failure.sentence;
  }
}
