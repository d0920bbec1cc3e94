import type { AttemptFact } from '@gantry/sdk/model';
import type { FactSink, WatchCursor } from '../executors/executor.ts';

interface Entry {
  readonly facts: readonly AttemptFact[];
  readonly cursor: WatchCursor | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What the executors tell, until the engine's next commit. Each executor waits for its entry, which bounds the queue. */
export class FactInbox implements FactSink {
  #entries: Entry[] = [];
  #refusal: unknown = null;
  readonly #wake: () => void;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  record(facts: readonly AttemptFact[], cursor?: WatchCursor): Promise<void> {
    if (facts.length === 0 && cursor === undefined) return Promise.resolve();
    if (this.#refusal !== null) return Promise.reject(this.#refusal);
    return new Promise((resolve, reject) => {
      this.#entries.push({ facts, cursor, resolve, reject });
      this.#wake();
    });
  }

  /** Entries for one commit: all, up to the first that moves another watch than those before it. */
  take(): TakenFacts {
    let cursor: WatchCursor | undefined;
    let count = 0;
    for (const entry of this.#entries) {
      if (entry.cursor !== undefined && cursor !== undefined && entry.cursor.watchId !== cursor.watchId) break;
      cursor = entry.cursor ?? cursor;
      count += 1;
    }
    return new TakenFacts(this.#entries.splice(0, count), cursor);
  }

  /** Everything that waits is refused, and what comes later; used when the engine stops. */
  refuse(error: Error): void {
    this.#refusal = error;
    for (const entry of this.#entries.splice(0)) entry.reject(error);
  }
}

/** Facts on their way into a commit; settled once with its outcome. */
export class TakenFacts {
  readonly #entries: readonly Entry[];
  readonly cursor: WatchCursor | undefined;

  constructor(entries: readonly Entry[], cursor: WatchCursor | undefined) {
    this.#entries = entries;
    this.cursor = cursor;
  }

  *facts(): Iterable<AttemptFact> {
    for (const entry of this.#entries) yield* entry.facts;
  }

  committed(): void {
    for (const entry of this.#entries) entry.resolve();
  }

  failed(error: unknown): void {
    for (const entry of this.#entries) entry.reject(error);
  }
}
