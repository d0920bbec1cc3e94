import type { KubePod } from '../../kube/kube-pod.ts';

/** From which age on pods are cleaned up. Airflow: the flags of `kubernetes cleanup-pods`. */
export interface CleanupLimits {
  /** Minutes since its creation that a pod may wait to start. */
  readonly minPendingMinutes: number;
  /** Minutes since its end that a finished pod is left; 0 takes it at once. */
  readonly minCompletedMinutes: number;
}

export interface CleanupVerdict {
  readonly kind: 'delete' | 'keep';
  /** Why, for people; the end of a sentence. */
  readonly why: string;
}

/**
 * Whether a listed pod of this deployment is cleaned up. `state` is what the database says of its attempt, asked after
 * the list was taken: the pod of an open attempt is never touched, whatever it looks like, nor one that runs.
 */
export function judgeCleanup(
  pod: KubePod,
  state: 'open' | 'succeeded' | 'failed' | null,
  limits: CleanupLimits,
  now: number,
): CleanupVerdict {
  if (state === 'open') return keep('its attempt is open');
  if (pod.deletionTimestamp !== null) return keep('it is being deleted already');
  const phase = pod.phase?.toLowerCase() ?? '';
  if (phase === 'pending') return judgePending(pod, limits.minPendingMinutes, now);
  if (phase === 'succeeded') return judgeEnded(pod, 'it has succeeded', limits.minCompletedMinutes, now);
  if (phase !== 'failed') return keep(phase === 'running' ? 'it runs' : `its phase is ${pod.phase ?? 'not known'}`);
  if (pod.reason?.toLowerCase() === 'evicted')
    return judgeEnded(pod, 'it was evicted', limits.minCompletedMinutes, now);
  if (pod.restartPolicy?.toLowerCase() !== 'never')
    return keep(`it has failed, but its restart policy is ${pod.restartPolicy ?? 'not known'}`);
  return judgeEnded(pod, 'it has failed', limits.minCompletedMinutes, now);
}

function judgePending(pod: KubePod, minutes: number, now: number): CleanupVerdict {
  const age = minutesSince(pod.creationTimestamp, now);
  return age > minutes
    ? { kind: 'delete', why: `it is pending since ${Math.floor(age)} min, and its attempt is closed` }
    : keep(`it is pending since ${Math.floor(age)} min, at most ${minutes}`);
}

function judgeEnded(pod: KubePod, why: string, minutes: number, now: number): CleanupVerdict {
  const age = minutesSince(endOf(pod), now);
  return age >= minutes ? { kind: 'delete', why } : keep(`${why}, but less than ${minutes} min ago`);
}

/** When its last container ended; an evicted pod may have none, then its creation is all there is. */
function endOf(pod: KubePod): string | null {
  const ends = pod.containerStatuses
    .flatMap(({ state }) => (state.kind === 'terminated' && state.finishedAt !== null ? [state.finishedAt] : []))
    .sort();
  return ends.at(-1) ?? pod.creationTimestamp;
}

/** 0 for a time that cannot be read: such a pod is taken for young. */
function minutesSince(time: string | null, now: number): number {
  const at = time === null ? Number.NaN : Date.parse(time);
  return Number.isNaN(at) ? 0 : Math.max(0, (now - at) / 60_000);
}

function keep(why: string): CleanupVerdict {
  return { kind: 'keep', why };
}
