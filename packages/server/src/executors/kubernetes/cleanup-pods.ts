import type { Clock } from '@gantry/sdk/model';
import type { DeleteOptions } from '../../kube/kube-answers.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { KubePod } from '../../kube/kube-pod.ts';
import { listAllPods } from '../../kube/list-all-pods.ts';
import { deploymentSelector } from '../../kube/pod/pod-labels.ts';
import type { AttemptLedger } from '../executor.ts';
import { askStates } from './ask-states.ts';
import { type CleanupLimits, type CleanupVerdict, judgeCleanup } from './judge-cleanup.ts';
import { readPodAttempt } from './pod-attempt.ts';
import type { WatchPlace } from './watch-places.ts';

const PAGE_SIZE = 500;

export interface CleanupParts {
  readonly client: Pick<KubeClient, 'listPods' | 'deletePod'>;
  readonly ledger: Pick<AttemptLedger, 'states'>;
  readonly clock: Clock;
  readonly deploymentId: string;
  readonly places: readonly WatchPlace[];
  readonly limits: CleanupLimits;
  readonly deleteOptions: DeleteOptions;
  /** Only tells what would be done. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** What is told while it goes on. */
export interface CleanupEvents {
  /** A pod and what was done with it. */
  readonly inspected: (pod: KubePod, verdict: CleanupVerdict) => void;
  /** The API refused something; the rest goes on. */
  readonly failed: (sentence: string) => void;
}

/**
 * Deletes what is left of closed attempts of this deployment: pods that have ended, and those that have waited too long
 * to start. Each place is listed first and the database asked then, so that an attempt that opened meanwhile is open to
 * us; each pod is deleted by its uid. Rejects when the database does not answer: then nothing more is deleted.
 */
export async function cleanUpPods(parts: CleanupParts, events: CleanupEvents): Promise<void> {
  for (const namespace of parts.places) {
    const pods = await listPods(parts, namespace, events);
    const attempts = pods.map(readPodAttempt);
    const attemptIds = attempts.flatMap((attempt) => (typeof attempt === 'string' ? [] : [attempt.attemptId]));
    const states = await askStates(parts.ledger, attemptIds);
    for (const [index, pod] of pods.entries()) {
      const attempt = attempts[index]!;
      if (typeof attempt === 'string') events.inspected(pod, { kind: 'keep', why: 'its labels name no attempt' });
      else await cleanUp(parts, pod, states.get(attempt.attemptId) ?? null, events);
    }
  }
}

async function listPods(
  { client, deploymentId, signal }: CleanupParts,
  namespace: WatchPlace,
  events: CleanupEvents,
): Promise<readonly KubePod[]> {
  const labelSelector = deploymentSelector(deploymentId);
  try {
    return (await listAllPods(client, { namespace, labelSelector, pageSize: PAGE_SIZE, signal })).pods;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    events.failed(error.message);
    return [];
  }
}

async function cleanUp(
  { client, limits, clock, dryRun, deleteOptions }: CleanupParts,
  pod: KubePod,
  state: 'open' | 'succeeded' | 'failed' | null,
  events: CleanupEvents,
): Promise<void> {
  const verdict = judgeCleanup(pod, state, limits, clock.now());
  try {
    if (verdict.kind === 'delete' && !dryRun)
      await client.deletePod(pod.namespace, pod.name, { ...deleteOptions, uid: pod.uid });
    events.inspected(pod, verdict);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    events.failed(error.message);
  }
}
