import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { PodBatch, PodChange } from './pod-batch.ts';

export interface BatchQueueOptions {
  readonly collectMilliseconds: number;
  readonly batchChanges: number;
  /** From this many held changes on, `room` waits. */
  readonly bufferedChanges: number;
  readonly signal: AbortSignal;
  readonly apply: (batch: PodBatch) => Promise<void>;
  /** Told of each rejected `apply`; answers how long to wait before the same batch is given again. */
  readonly failed: (error: unknown) => number;
}

type Held =
  | {
      readonly kind: 'change';
      readonly change: PodChange | null;
      readonly resourceVersion: string;
      readonly clusterId: string;
    }
  | { readonly kind: 'list'; readonly batch: PodBatch };

/**
 * Collects changes for a few milliseconds and applies them in order, one batch at a time, each until it succeeds
 * (W16). Holds a bounded number: a reader asks for `room` before it reads on (W12).
 */
export class BatchQueue {
  readonly #options: BatchQueueOptions;
  #held: Held[] = [];
  #pumping: Promise<void> | null = null;
  #waiting: (() => void)[] = [];

  constructor(options: BatchQueueOptions) {
    this.#options = options;
  }

  /** `change` null moves only the cursor (a bookmark). */
  push(change: PodChange | null, resourceVersion: string, clusterId: string): void {
    this.#held.push({ kind: 'change', change, resourceVersion, clusterId });
    this.#start();
  }

  pushList(batch: PodBatch): void {
    this.#held.push({ kind: 'list', batch });
    this.#start();
  }

  /** Resolves at once when there is room; else when some of it was applied, or at the end. */
  async room(): Promise<void> {
    while (this.#held.length >= this.#options.bufferedChanges && !this.#options.signal.aborted) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Resolves when everything pushed so far was applied, or at the end. */
  async drained(): Promise<void> {
    await this.#pumping;
  }

  #start(): void {
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = null;
      this.#wake();
      // A push between the pump's last look and now found it still there.
      if (this.#held.length > 0 && !this.#options.signal.aborted) this.#start();
    });
  }

  async #pump(): Promise<void> {
    const { signal, batchChanges, collectMilliseconds } = this.#options;
    // A lone change is applied at once, together with what came in the same piece of the stream; those that follow wait a little.
    await nextTurn();
    for (let first = true; this.#held.length > 0 && !signal.aborted; first = false) {
      const hurried = first || this.#held.length >= batchChanges || this.#held[0]?.kind === 'list';
      if (!hurried) await quietSleep(collectMilliseconds, signal);
      if (signal.aborted) return;
      const batch = this.#take();
      this.#wake();
      await this.#applyUntilDone(batch);
    }
  }

  /** The first held list alone, or the changes before the next list. */
  #take(): PodBatch {
    const first = this.#held[0];
    if (first?.kind === 'list') {
      this.#held.shift();
      return first.batch;
    }
    let count = 0;
    let last: Extract<Held, { kind: 'change' }> | null = null;
    const changes: PodChange[] = [];
    for (const held of this.#held) {
      if (held.kind === 'list' || count === this.#options.batchChanges) break;
      if (held.change !== null) changes.push(held.change);
      last = held;
      count++;
    }
    this.#held = this.#held.slice(count);
    return { kind: 'changes', changes, resourceVersion: last?.resourceVersion ?? '', clusterId: last?.clusterId ?? '' };
  }

  async #applyUntilDone(batch: PodBatch): Promise<void> {
    while (!this.#options.signal.aborted) {
      try {
        await this.#options.apply(batch);
        return;
      } catch (error) {
        if (!this.#options.signal.aborted) await quietSleep(this.#options.failed(error), this.#options.signal);
      }
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}

/** Waits, or less when the signal comes. */
export async function quietSleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {});
}
