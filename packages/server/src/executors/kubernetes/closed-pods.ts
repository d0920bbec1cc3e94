import type { Clock } from '@gantry/sdk/model';
import type { KubePod } from '../../kube/kube-pod.ts';
import type { KubernetesExecutorOptions } from './kubernetes-options.ts';
import type { PodStopper } from './pod-stopper.ts';
import { retains } from './retention.ts';
import type { PodBook, TrackedPod } from './tracked-pod.ts';

/** A pod of ours without an attempt may belong to a commit that a restored database forgot; it is left this long (I39). */
const UNKNOWN_MILLISECONDS = 3_600_000;
/** A worker exits at once after its report; what still runs so long after is a sidecar or a lost process. */
const LINGER_MILLISECONDS = 120_000;

/** A listed pod and what the ledger says of its attempt; null when it has no row. */
export interface ListedPod {
  readonly pod: KubePod;
  readonly tracked: TrackedPod;
  readonly state: 'open' | 'succeeded' | 'failed' | null;
}

export interface ClosedPodsParts {
  readonly stopper: PodStopper;
  readonly book: PodBook;
  readonly clock: Clock;
  readonly options: KubernetesExecutorOptions;
}

/**
 * Removes what no stop has removed: pods of closed attempts by the retention options, those given up while they
 * waited, and old ones without an attempt. What it starts ends by itself.
 */
export async function removeLeftovers(parts: ClosedPodsParts, listed: readonly ListedPod[]): Promise<void> {
  const leftovers = listed.filter((one) => isLeftover(parts, one));
  await Promise.all(leftovers.map(({ tracked }) => parts.stopper.remove(tracked)));
}

function isLeftover({ book, clock, options }: ClosedPodsParts, { pod, tracked, state }: ListedPod): boolean {
  if (pod.deletionTimestamp !== null) return false;
  if (state === 'open') return tracked.verdict !== null;
  if (state === null) {
    const age = clock.now() - Date.parse(pod.creationTimestamp ?? '');
    return age > UNKNOWN_MILLISECONDS;
  }
  book.close(tracked);
  if (!retains(options, state, tracked.stage)) return true;
  if (tracked.stage === 'ended') return false;
  tracked.lingersSince ??= clock.monotonic();
  return clock.monotonic() - tracked.lingersSince > LINGER_MILLISECONDS;
}
