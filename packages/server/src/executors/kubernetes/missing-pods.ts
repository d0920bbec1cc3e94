import type { AttemptFact, Clock, Ending } from '@gantry/sdk/model';
import type { KubeClient } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { podName } from '../../kube/pod/pod-name.ts';
import type { OpenAttempt } from '../executor.ts';
import type { KubernetesEvents } from './kubernetes-events.ts';
import type { KubernetesExecutorOptions } from './kubernetes-options.ts';
import { isPodOf } from './pod-attempt.ts';
import type { PodLauncher } from './pod-launcher.ts';
import { type PodBook, placeOf } from './tracked-pod.ts';

/** An attempt that is younger may have been committed after the list was taken. */
const YOUNG_MILLISECONDS = 60_000;
/** One that nobody saw may still be put off by another scheduler, whose longest pause is well below this. */
const UNSEEN_MILLISECONDS = 180_000;
const CHECKS_AT_ONCE = 16;
const BRAKE_PODS = 5;
const BRAKE_SHARE = 0.2;

export interface MissingParts {
  readonly client: Pick<KubeClient, 'getPod'>;
  readonly launcher: PodLauncher;
  readonly book: PodBook;
  readonly clock: Clock;
  readonly options: KubernetesExecutorOptions;
  readonly events: Partial<KubernetesEvents>;
}

/**
 * Attempts that are open although their pod is gone: absent from a complete list, and then 404 to a GET by name (W14,
 * I21). An error or a 403 concludes nothing. Many at once raise an alarm (I22); each was asked for by name anyway.
 */
export async function findMissing(
  parts: MissingParts,
  open: readonly OpenAttempt[],
  listed: ReadonlySet<string>,
  askedAtMilliseconds: number,
): Promise<AttemptFact[]> {
  const sinceList = parts.clock.monotonic() - askedAtMilliseconds;
  const candidates = open.filter((attempt) => {
    if (listed.has(attempt.attemptId) || parts.launcher.isLaunching(attempt.attemptId)) return false;
    const seen = attempt.started || (parts.book.get(attempt.attemptId)?.uid ?? null) !== null;
    return attempt.ageMilliseconds - sinceList > (seen ? YOUNG_MILLISECONDS : UNSEEN_MILLISECONDS);
  });
  if (candidates.length > Math.max(BRAKE_PODS, open.length * BRAKE_SHARE)) {
    const sentence = `${candidates.length} of ${open.length} open attempts have no pod in namespace ${parts.options.namespace}; each is asked for by name before anything is concluded.`;
    parts.events.alarm?.({ sentence });
  }
  const facts: AttemptFact[] = [];
  for (let first = 0; first < candidates.length; first += CHECKS_AT_ONCE) {
    const some = candidates.slice(first, first + CHECKS_AT_ONCE);
    const found = await Promise.all(some.map((attempt) => isGone(parts, attempt)));
    some.forEach((attempt, index) => {
      if (found[index] === true) facts.push(vanished(parts, attempt));
    });
  }
  return facts;
}

async function isGone(parts: MissingParts, attempt: OpenAttempt): Promise<boolean> {
  const { namespace, name } = whereIs(parts, attempt);
  try {
    const pod = await parts.client.getPod(namespace, name);
    return pod === null || !isPodOf(pod, attempt.attemptId, parts.options.deploymentId);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    parts.events.trouble?.({ what: `Whether pod ${name} is gone is not known.`, error });
    return false;
  }
}

function whereIs({ book, options }: MissingParts, attempt: OpenAttempt): { namespace: string; name: string } {
  const tracked = book.get(attempt.attemptId);
  return {
    namespace: tracked?.namespace ?? attempt.namespace ?? options.namespace,
    name: tracked?.name ?? podName(attempt.dagId, attempt.taskId, attempt.attemptId),
  };
}

function vanished(parts: MissingParts, attempt: OpenAttempt): AttemptFact {
  const { attemptId, started } = attempt;
  const { name, namespace } = whereIs(parts, attempt);
  const tracked = parts.book.get(attemptId);
  const place =
    tracked === undefined ? { kind: 'pod' as const, name, namespace, uid: null, node: null } : placeOf(tracked);
  parts.events.vanished?.({ attemptId, name });
  const ending = vanishedEnding(name, started, tracked?.node ?? null);
  const failure = tracked?.verdict ?? ending.failure;
  return { kind: 'ended', attemptId, ending: { ...ending, failure }, place };
}

/** P21: nobody saw it end, so nothing proves that it is dead. */
function vanishedEnding(name: string, started: boolean, node: string | null): Ending {
  const sentence = started
    ? `Pod ${name} vanished while its task was running: nobody saw how it ended.`
    : `Pod ${name} vanished, or was never created, before its task had started.`;
  const failureClass = started ? 'disrupted' : 'never_started';
  return { failure: { class: failureClass, sentence, retryable: true, detail: { node } }, provenDead: false };
}
