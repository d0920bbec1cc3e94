import type { Clock, Random } from '@gantry/sdk/model';
import { BatchQueue, quietSleep } from './batch-queue.ts';
import type { KubeClient } from './kube-client.ts';
import { KubeError } from './kube-error.ts';
import { listAllPods, type PodList } from './list-all-pods.ts';
import type { ListReason, PodBatch } from './pod-batch.ts';
import type { PodWatchEvent, WatchCause } from './pod-watch-event.ts';
import { isWatchable } from './resource-version.ts';
import { RetryDelay } from './retry-delay.ts';
import { WatchPosition } from './watch-position.ts';
import { type NextStep, nextStep } from './watch-retry.ts';
import { runWatchSession, type SessionEnd } from './watch-session.ts';

export interface PodWatchOptions {
  /** How long changes are collected after a busy moment before they are applied. Default 5. */
  readonly collectMilliseconds?: number;
  /** Most changes of one batch. Default 500. */
  readonly batchChanges?: number;
  /** Most changes held while `apply` is pending; then reading stops (W12). Default 5,000. */
  readonly bufferedChanges?: number;
  /** Unconditional list-and-compare (I20). Default 300. */
  readonly compareSeconds?: number;
  /** W10: no byte for this long ends the stream. Default 130. */
  readonly silenceSeconds?: number;
  /** W3: the server ends the watch after a random time between these. Default 300 and 600. */
  readonly watchSeconds?: readonly [number, number];
  /** Pods a page; a larger one blocks everything else for longer while it is read. Default 250. */
  readonly pageSize?: number;
  /** W12. Default 4 MiB. */
  readonly lineBytes?: number;
}

export interface PodWatchParts {
  readonly client: KubeClient;
  /** Null watches the whole cluster. */
  readonly namespace: string | null;
  /** Only labels that never change (W13). */
  readonly labelSelector: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly options?: PodWatchOptions;
  readonly events?: (event: PodWatchEvent) => void;
}

export interface PodWatchRun {
  /** Where an earlier watch of the same namespace and selector stopped; null lists first (W19). */
  readonly from: { readonly resourceVersion: string; readonly clusterId: string } | null;
  /** Applies a batch and its cursor in one transaction. One call at a time, in order. */
  readonly apply: (batch: PodBatch) => Promise<void>;
  readonly signal: AbortSignal;
}

/** List-watch of pods by the rules W1 to W20; every initial list is a paged one, so W21 does not arise. */
export class PodWatch {
  readonly #parts: PodWatchParts;
  readonly #options: Required<PodWatchOptions>;
  readonly #events: (event: PodWatchEvent) => void;
  #clusterIdIsSecret = false;

  constructor(parts: PodWatchParts) {
    this.#parts = parts;
    this.#events = parts.events ?? (() => {});
    this.#options = {
      collectMilliseconds: 5,
      batchChanges: 500,
      bufferedChanges: 5_000,
      compareSeconds: 300,
      silenceSeconds: 130,
      watchSeconds: [300, 600],
      pageSize: 250,
      lineBytes: 4 * 1024 * 1024,
      ...parts.options,
    };
  }

  /** Heals itself; resolves after `signal` aborts, throws never. */
  async run(run: PodWatchRun): Promise<void> {
    const { clock, random } = this.#parts;
    const applyDelay = new RetryDelay(clock, random);
    const queue = new BatchQueue({
      ...this.#options,
      signal: run.signal,
      apply: run.apply,
      failed: (error) => {
        const delayMilliseconds = applyDelay.next();
        this.#events({ kind: 'apply_failed', error, delayMilliseconds });
        return delayMilliseconds;
      },
    });
    const position = new WatchPosition(queue, this.#events);
    position.start(run.from !== null && isWatchable(run.from.resourceVersion) ? run.from : null);
    await Promise.all([this.#watchLoop(position, queue, run.signal), this.#compareLoop(position, run.signal)]);
    await queue.drained();
  }

  /** List when there is no version to go on from, watch when there is one, and again. */
  async #watchLoop(position: WatchPosition, queue: BatchQueue, signal: AbortSignal): Promise<void> {
    const delay = new RetryDelay(this.#parts.clock, this.#parts.random);
    let repeated: Repeated = { cause: 'server_closed', times: 0 };
    let why: ListReason = 'start';
    while (!signal.aborted) {
      if (!(await this.#ready(position, why, delay, signal))) continue;
      const startedAt = this.#parts.clock.monotonic();
      const end = await this.#session(position, queue, signal);
      if (signal.aborted) return;
      if (position.resourceVersion === null) continue;
      repeated = oneMore(repeated, end);
      const step = nextStep(end.cause, repeated.times, this.#parts.clock.monotonic() - startedAt, end.progress);
      const delayMilliseconds = delayOf(step.delay, delay, end);
      if (step.list !== null) {
        why = step.list;
        position.lose();
      }
      this.#interrupted(end, delayMilliseconds);
      await quietSleep(delayMilliseconds, signal);
    }
  }

  /** Makes sure of the cluster and of a version to watch from. False after a failure that was waited out. */
  async #ready(position: WatchPosition, why: ListReason, delay: RetryDelay, signal: AbortSignal): Promise<boolean> {
    try {
      position.checkCluster(await this.#clusterId(position));
      if (position.resourceVersion === null) await this.#list(position, why, signal);
      return !signal.aborted && position.resourceVersion !== null;
    } catch (error) {
      if (!signal.aborted) {
        const delayMilliseconds = delay.after(error instanceof KubeError ? error.retryAfterMilliseconds : null);
        this.#events({ kind: 'list_failed', why, error, delayMilliseconds });
        await quietSleep(delayMilliseconds, signal);
      }
      return false;
    }
  }

  async #session(position: WatchPosition, queue: BatchQueue, signal: AbortSignal): Promise<SessionEnd> {
    const [least, most] = this.#options.watchSeconds;
    const resourceVersion = position.resourceVersion ?? '';
    return runWatchSession(this.#parts.client, {
      namespace: this.#parts.namespace,
      labelSelector: this.#parts.labelSelector,
      resourceVersion,
      timeoutSeconds: Math.round(least + (most - least) * this.#parts.random.fraction()),
      silenceMilliseconds: this.#options.silenceSeconds * 1000,
      lineBytes: this.#options.lineBytes,
      signal: AbortSignal.any([signal, position.restart()]),
      opened: () => this.#events({ kind: 'watching', resourceVersion }),
      line: (line) => position.take(line),
      room: () => queue.room(),
    });
  }

  /** I20: a list at fixed intervals that alone would be enough, whatever the watch missed. The watch goes on meanwhile. */
  async #compareLoop(position: WatchPosition, signal: AbortSignal): Promise<void> {
    const delay = new RetryDelay(this.#parts.clock, this.#parts.random);
    while (!signal.aborted) {
      await quietSleep(this.#options.compareSeconds * 1000 * (0.9 + 0.2 * this.#parts.random.fraction()), signal);
      while (!signal.aborted && position.resourceVersion !== null) {
        try {
          await this.#list(position, 'compare', signal);
          break;
        } catch (error) {
          if (signal.aborted) return;
          const delayMilliseconds = delay.next();
          this.#events({ kind: 'list_failed', why: 'compare', error, delayMilliseconds });
          await quietSleep(delayMilliseconds, signal);
        }
      }
    }
  }

  async #list(position: WatchPosition, why: ListReason, signal: AbortSignal): Promise<void> {
    const { client, namespace, labelSelector, clock } = this.#parts;
    const { pageSize } = this.#options;
    const askedAtMilliseconds = clock.monotonic();
    const list: PodList = await position.whileListing(why, () =>
      listAllPods(client, { namespace, labelSelector, pageSize, signal }),
    );
    if (list.unreadable > 0)
      this.#events({
        kind: 'ignored',
        sentence: `${list.unreadable} objects of a list are no pods with name, uid and version.`,
      });
    if (position.adopt(list, why, askedAtMilliseconds)) {
      this.#events({
        kind: 'listed',
        why,
        pods: list.pods.length,
        milliseconds: clock.monotonic() - askedAtMilliseconds,
      });
    }
  }

  /** UID of kube-system; where that may not be read, what was known before or the server's address must do. */
  async #clusterId(position: WatchPosition): Promise<string> {
    const { client } = this.#parts;
    const fallback = position.clusterId ?? `server:${client.connection.server.host}`;
    if (this.#clusterIdIsSecret) return fallback;
    const uid = await client.clusterId();
    this.#clusterIdIsSecret = uid === null;
    return uid ?? fallback;
  }

  #interrupted(end: SessionEnd, delayMilliseconds: number): void {
    this.#events({ kind: 'interrupted', cause: end.cause, sentence: end.sentence, delayMilliseconds });
    if (end.cause === 'forbidden' || end.cause === 'unauthorized')
      this.#events({ kind: 'alarm', sentence: end.sentence });
  }
}

const BRIEF_MILLISECONDS = 100;

/** How often in a row, and without progress, sessions ended for the same cause. */
interface Repeated {
  readonly cause: WatchCause;
  readonly times: number;
}

function oneMore(before: Repeated, end: SessionEnd): Repeated {
  const again = end.progress === 0 && before.cause === end.cause;
  return { cause: end.cause, times: again ? before.times + 1 : 1 };
}

function delayOf(kind: NextStep['delay'], delay: RetryDelay, end: SessionEnd): number {
  if (kind === 'none') return 0;
  if (kind === 'brief') return BRIEF_MILLISECONDS;
  return kind === 'asked' ? delay.after(end.retryAfterMilliseconds) : delay.next();
}
