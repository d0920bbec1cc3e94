import type { AttemptFact, Clock, Ending, Place } from '@gantry/sdk/model';
import { podName } from '../../kube/pod/pod-name.ts';
import type { OpenAttempt } from '../executor.ts';
import { type FindParts, findPods, type WantedPod } from './find-pods.ts';
import { heldSeconds } from './kubernetes-options.ts';
import type { PodLauncher } from './pod-launcher.ts';
import { type PodBook, placeOf } from './tracked-pod.ts';
import type { PlaceOptions } from './watch-places.ts';

/** An attempt that is younger may have been committed after the list was taken. */
const YOUNG_MILLISECONDS = 60_000;
/** One that nobody saw may still be put off by another scheduler, whose longest pause is well below this. */
const UNSEEN_MILLISECONDS = 180_000;
const BRAKE_PODS = 5;
const BRAKE_SHARE = 0.2;

export interface MissingParts extends FindParts {
  readonly launcher: PodLauncher;
  readonly book: PodBook;
  readonly clock: Clock;
}

/**
 * Attempts that are open although their pod is gone: absent from a complete list, and then 404 to a GET by name (W14,
 * I21). An error or a 403 concludes nothing. Many at once raise an alarm, and are then concluded only when the names bear
 * the list out: where one of them is there after all, the list, or the server, is not to be believed (I22).
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
  const isMany = candidates.length > Math.max(BRAKE_PODS, open.length * BRAKE_SHARE);
  if (isMany) {
    const sentence = `${candidates.length} of ${open.length} open attempts have no pod in the list; each is asked for by name before anything is concluded.`;
    parts.events.alarm?.({ sentence });
  }
  const found = await findPods(
    parts,
    candidates.map((attempt) => wantedPod(parts.book, attempt)),
  );
  const present = found.filter((pod) => pod !== null && pod !== 'unknown').length;
  if (isMany && present > 0) {
    const sentence = `${present} of the ${candidates.length} pods that the list left out exist: nothing is concluded from this list.`;
    parts.events.alarm?.({ sentence });
    return [];
  }
  return candidates.filter((_, index) => found[index] === null).flatMap((attempt) => vanished(parts, attempt));
}

/** Where and under which name the pod of an open attempt is looked for. */
export function wantedPod(book: PodBook, attempt: OpenAttempt): WantedPod & { readonly name: string } {
  const tracked = book.get(attempt.attemptId);
  return {
    attemptId: attempt.attemptId,
    namespace: tracked?.namespace ?? attempt.namespace,
    name: tracked?.name ?? podName(attempt.dagId, attempt.taskId, attempt.attemptId),
  };
}

function vanished(parts: MissingParts, attempt: OpenAttempt): AttemptFact[] {
  const { attemptId, started } = attempt;
  const { name, namespace } = wantedPod(parts.book, attempt);
  const tracked = parts.book.get(attemptId);
  const place = tracked === undefined ? unseenPlace(name, namespace ?? soleNamespace(parts.options)) : placeOf(tracked);
  const ending = vanishedEnding(name, started, tracked?.node ?? null);
  const whole = { ...ending, failure: tracked?.verdict ?? ending.failure };
  parts.events.vanished?.({ attemptId, name });
  const holdSeconds = heldSeconds(parts.options);
  const isHeld = attempt.workload === 'image' && started && holdSeconds > 0;
  return [{ kind: 'ended', attemptId, ending: whole, place, ...(isHeld ? { holdSeconds } : {}) }];
}

/** Null when nobody knows in which of several namespaces it was, if it ever was. */
function unseenPlace(name: string, namespace: string | null): Place | null {
  return namespace === null ? null : { kind: 'pod', name, namespace, uid: null, node: null };
}

function soleNamespace({ namespace, namespaces }: PlaceOptions): string | null {
  return namespaces.kind === 'one' ? namespace : null;
}

/** P21: nobody saw it end, so nothing proves that it is dead. */
function vanishedEnding(name: string, started: boolean, node: string | null): Ending {
  const sentence = started
    ? `Pod ${name} vanished while its task was running: nobody saw how it ended.`
    : `Pod ${name} vanished, or was never created, before its task had started.`;
  const failureClass = started ? 'disrupted' : 'never_started';
  return {
    failure: { class: failureClass, sentence, retryable: true, detail: { node, isGuess: true } },
    provenDead: false,
  };
}
