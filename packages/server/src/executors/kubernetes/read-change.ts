import type { AttemptFact, Ending } from '@gantry/sdk/model';
import type { KubePod } from '../../kube/kube-pod.ts';
import { deletionMoment } from '../../kube/pod-ending.ts';
import { observePod } from '../../kube/pod-observation.ts';
import type { PendingPatience } from '../../kube/pod-patience.ts';
import { type PodBook, type PodWaiting, placeOf, type TrackedPod } from './tracked-pod.ts';

/** A fact of a pod and the note that it was told, to be taken only when it is committed. */
export interface PodFact {
  readonly fact: AttemptFact;
  readonly pod: TrackedPod;
  told(): void;
}

export interface ChangeView {
  readonly book: PodBook;
  readonly patience: PendingPatience;
  /** `clock.monotonic()`. */
  readonly now: number;
  /** How long the unproven end of an image pod is held back. */
  readonly holdSeconds: number;
}

/**
 * What the latest state of a tracked pod tells that was not told before. Seen twice, nothing comes the second time;
 * seen again before `told` was called, the same comes again.
 */
export function readChange(tracked: TrackedPod, pod: KubePod, gone: boolean, view: ChangeView): PodFact[] {
  tracked.uid = pod.uid;
  tracked.readUid = null;
  tracked.node = pod.node ?? tracked.node;
  tracked.deletionAskedAt = earlier(tracked.deletionAskedAt, deletionMoment(pod));
  if (tracked.closed || tracked.toldEnded) return [];
  const seen = observePod(pod, {
    workload: tracked.workload,
    deletedByUs: tracked.killed || tracked.verdict !== null,
    gone,
    deletionAskedAt: tracked.deletionAskedAt,
    patience: view.patience,
  });
  if (seen.kind === 'waiting') {
    tracked.stage = 'waiting';
    view.book.setWait(tracked, waitOf(tracked.wait, seen, view.now));
  } else if (seen.kind !== 'nothing') {
    tracked.stage = seen.kind;
    view.book.setWait(tracked, null);
  }
  if (seen.kind === 'running' && tracked.workload === 'image') view.book.noteRunning(tracked, view.now);
  else view.book.noLongerRunning(tracked);
  if (seen.kind === 'ended') {
    const neverRan = seen.ending.failure?.class === 'killed' || seen.ending.failure?.class === 'never_started';
    const failure = tracked.verdict !== null && neverRan ? tracked.verdict : seen.ending.failure;
    const ending = { failure, provenDead: seen.ending.provenDead };
    if (view.holdSeconds === 0 || !mayLive(tracked, pod, ending)) return [ended(tracked, ending)];
    return tracked.toldHeld ? [] : [held(tracked, ending, view.holdSeconds)];
  }
  // A worker says by its claim that it has started; of an image pod the sweep tells when it goes on running, so that
  // one that ends at once costs no commit for having started.
  return [];
}

type Wait = Extract<ReturnType<typeof observePod>, { kind: 'waiting' }>;

/** The same kind of reason keeps its clock; another one starts anew. */
function waitOf(before: PodWaiting | null, seen: Wait, now: number): PodWaiting {
  if (seen.fatal !== null) return { sentence: seen.sentence, since: now, deadlineAt: now, afterDeadline: seen.fatal };
  const deadlineAt = seen.deadlineSeconds === null ? null : now + seen.deadlineSeconds * 1000;
  const goesOn = before !== null && before.deadlineAt !== null && deadlineAt !== null;
  return {
    sentence: seen.sentence,
    since: before?.since ?? now,
    deadlineAt: goesOn ? Math.min(before.deadlineAt ?? deadlineAt, deadlineAt) : deadlineAt,
    afterDeadline: seen.afterDeadline,
  };
}

/** An image has no lease by which it would end itself, so the engine waits where nothing proves its death (I03). */
function mayLive(tracked: TrackedPod, pod: KubePod, ending: Ending): boolean {
  return tracked.workload === 'image' && pod.node !== null && !ending.provenDead && ending.failure !== null;
}

function held(pod: TrackedPod, ending: Ending, holdSeconds: number): PodFact {
  return {
    pod,
    fact: { kind: 'ended', attemptId: pod.attemptId, ending, place: placeOf(pod), holdSeconds },
    told: () => {
      pod.toldHeld = true;
    },
  };
}

function ended(pod: TrackedPod, ending: Ending): PodFact {
  return {
    pod,
    fact: { kind: 'ended', attemptId: pod.attemptId, ending, place: placeOf(pod) },
    told: () => {
      pod.toldEnded = true;
    },
  };
}

function earlier(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}
