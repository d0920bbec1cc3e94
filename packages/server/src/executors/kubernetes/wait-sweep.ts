import type { Clock } from '@gantry/sdk/model';
import { pause } from '../back-off.ts';
import type { FactOutbox } from '../fact-outbox.ts';
import type { KubernetesExecutorOptions } from './kubernetes-options.ts';
import type { PodStopper } from './pod-stopper.ts';
import { type PodBook, type PodWaiting, placeOf, type TrackedPod } from './tracked-pod.ts';
import { covers, type WatchPlace } from './watch-places.ts';

const SWEEP_MILLISECONDS = 250;

export interface SweepParts {
  readonly book: PodBook;
  readonly outbox: FactOutbox;
  readonly stopper: PodStopper;
  readonly clock: Clock;
  readonly options: KubernetesExecutorOptions;
  /** Only pods of this place are swept: of others, which another scheduler watches, what we know may be old. */
  readonly place: WatchPlace;
}

/** Tells that image pods run and why others wait, and gives up those that cannot start or whose reason has lasted too long. */
export class WaitSweep {
  readonly #parts: SweepParts;

  constructor(parts: SweepParts) {
    this.#parts = parts;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.once();
      await pause(SWEEP_MILLISECONDS, signal);
    }
  }

  once(): void {
    const now = this.#parts.clock.monotonic();
    const { book, place } = this.#parts;
    for (const pod of book.runningSince(now - SWEEP_MILLISECONDS))
      if (covers(place, pod.namespace)) this.#tellStarted(pod);
    for (const pod of book.waiting()) {
      const { wait } = pod;
      if (!covers(place, pod.namespace)) continue;
      if (wait === null || pod.closed || pod.killed || pod.toldEnded || pod.verdict !== null) continue;
      if (wait.deadlineAt !== null && wait.deadlineAt <= now) this.#giveUp(pod, wait);
      else if (now - wait.since >= this.#parts.options.waitingFactSeconds * 1000) this.#tell(pod, wait.sentence);
    }
  }

  /**
   * The pod goes first and the failure is told when it is gone, so that what was given up cannot start after all beside
   * its successor (I03).
   */
  #giveUp(pod: TrackedPod, wait: PodWaiting): void {
    pod.verdict = wait.afterDeadline;
    this.#tell(pod, `${wait.sentence} It is given up; its pod is being deleted.`);
    void this.#parts.stopper.remove(pod);
  }

  #tellStarted(pod: TrackedPod): void {
    if (pod.toldStarted || pod.toldEnded || pod.closed) return;
    pod.toldStarted = true;
    this.#parts.book.noLongerRunning(pod);
    this.#parts.outbox.tell({ kind: 'started', attemptId: pod.attemptId, place: placeOf(pod) });
  }

  #tell(pod: TrackedPod, sentence: string): void {
    if (pod.toldSentence === sentence) return;
    pod.toldSentence = sentence;
    this.#parts.outbox.tell({ kind: 'waiting', attemptId: pod.attemptId, sentence, place: placeOf(pod) });
  }
}
