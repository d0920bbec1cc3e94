import type { Failure, Place } from '@gantry/sdk/model';

/** What we remember of an attempt's pod: enough to tell each fact once and to delete the right pod. Never the pod itself. */
export interface TrackedPod {
  readonly attemptId: string;
  readonly name: string;
  readonly namespace: string;
  /** Null until the watch, or the answer to the create, was read. */
  uid: string | null;
  /** Reads the uid from the answer to the create; only a stop that comes before the watch asks. */
  readUid: (() => string | null) | null;
  node: string | null;
  workload: 'worker' | 'image';
  getLogs: boolean;
  /** Digest of the shape that it was made of. */
  readonly podShape: string | null;
  /** When its deletion was asked for, by the cluster's clock, as first seen: the pod's last word has forgotten it. */
  deletionAskedAt: number | null;
  /** How far the main container is. */
  stage: 'waiting' | 'running' | 'ended';
  /** Facts that are committed. */
  toldStarted: boolean;
  toldEnded: boolean;
  /** As far as anybody knows; a certain end may still be told. */
  toldHeld: boolean;
  toldSentence: string | null;
  wait: PodWaiting | null;
  /** We gave the pod up for this reason and deleted it; told once it is gone. */
  verdict: Failure | null;
  /** We were asked to end it. */
  killed: boolean;
  /** The attempt is closed: nothing more is told. */
  closed: boolean;
  logKept: boolean;
  /** By `clock.monotonic()`: since when the pod was seen running although its attempt is closed. */
  lingersSince: number | null;
}

/** The present reason why it has not started. */
export interface PodWaiting {
  readonly sentence: string;
  /** By `clock.monotonic()`. */
  readonly since: number;
  readonly deadlineAt: number | null;
  readonly afterDeadline: Failure;
}

/** More than any deployment has open; the oldest is forgotten first, and a forgotten pod only costs calls. */
const LIMIT = 50_000;

/** The pods this process knows, by attempt. */
export class PodBook {
  readonly #pods = new Map<string, TrackedPod>();
  /** Those that wait to start, so that a sweep looks at no others. */
  readonly #waiting = new Set<TrackedPod>();
  /** Image pods that run, since when by `clock.monotonic()`, until it is told that they have started. */
  readonly #running = new Map<TrackedPod, number>();
  /** Attempts that this process launched and that have not ended: its slots in use. */
  readonly #occupying = new Set<string>();

  get(attemptId: string): TrackedPod | undefined {
    return this.#pods.get(attemptId);
  }

  add(pod: TrackedPod): TrackedPod {
    this.forget(pod.attemptId);
    this.#pods.set(pod.attemptId, pod);
    const [oldest] = this.#pods.keys();
    if (this.#pods.size > LIMIT && oldest !== undefined) this.forget(oldest);
    return pod;
  }

  forget(attemptId: string): void {
    const pod = this.#pods.get(attemptId);
    if (pod !== undefined) {
      this.#waiting.delete(pod);
      this.#running.delete(pod);
    }
    this.#occupying.delete(attemptId);
    this.#pods.delete(attemptId);
  }

  occupy(attemptId: string): void {
    this.#occupying.add(attemptId);
  }

  release(attemptId: string): void {
    this.#occupying.delete(attemptId);
  }

  get occupying(): ReadonlySet<string> {
    return this.#occupying;
  }

  /** Nothing more is told of a pod whose attempt is closed. */
  close(pod: TrackedPod): void {
    pod.closed = true;
    this.setWait(pod, null);
    this.#running.delete(pod);
    this.release(pod.attemptId);
  }

  setWait(pod: TrackedPod, wait: PodWaiting | null): void {
    pod.wait = wait;
    if (wait === null) this.#waiting.delete(pod);
    else this.#waiting.add(pod);
  }

  noteRunning(pod: TrackedPod, now: number): void {
    if (!pod.toldStarted && !this.#running.has(pod)) this.#running.set(pod, now);
  }

  noLongerRunning(pod: TrackedPod): void {
    this.#running.delete(pod);
  }

  /** Image pods that have run since `since` or longer and of which it was not told yet. */
  runningSince(since: number): readonly TrackedPod[] {
    return [...this.#running].filter(([, at]) => at <= since).map(([pod]) => pod);
  }

  waiting(): readonly TrackedPod[] {
    return [...this.#waiting];
  }

  attemptIds(): string[] {
    return [...this.#pods.keys()];
  }
}

/** A pod of which nothing is known yet but where it is. */
export function newTrackedPod(
  at: Pick<TrackedPod, 'attemptId' | 'name' | 'namespace' | 'workload' | 'getLogs' | 'podShape'>,
): TrackedPod {
  return {
    ...at,
    uid: null,
    readUid: null,
    node: null,
    deletionAskedAt: null,
    stage: 'waiting',
    toldStarted: false,
    toldEnded: false,
    toldHeld: false,
    toldSentence: null,
    wait: null,
    verdict: null,
    killed: false,
    closed: false,
    logKept: false,
    lingersSince: null,
  };
}

export function placeOf(pod: TrackedPod): Place {
  const { name, namespace, uid, node, podShape } = pod;
  return { kind: 'pod', name, namespace, uid, node, ...(podShape === null ? {} : { podShape }) };
}
