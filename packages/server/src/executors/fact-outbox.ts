import type { AttemptFact, Random } from '@gantry/sdk/model';
import { backOff, pause } from './back-off.ts';
import type { FactSink } from './executor.ts';

export interface FactOutboxEvents {
  /** Facts could not be recorded and are told again. */
  readonly trouble?: (event: { readonly what: string; readonly error: unknown }) => void;
}

const BATCH = 500;

/**
 * Facts that no cursor goes with, until they are committed. One of a kind is kept for each attempt, the latest, which
 * bounds the box by the open attempts and makes a stale wait vanish.
 */
export class FactOutbox {
  readonly #random: Pick<Random, 'fraction'>;
  readonly #events: FactOutboxEvents;
  readonly #facts = new Map<string, AttemptFact>();
  #wake: (() => void) | null = null;

  constructor(random: Pick<Random, 'fraction'>, events: FactOutboxEvents) {
    this.#random = random;
    this.#events = events;
  }

  tell(fact: AttemptFact): void {
    const key = `${fact.kind} ${fact.attemptId}`;
    this.#facts.delete(key);
    this.#facts.set(key, fact);
    this.#wake?.();
  }

  /** Takes back what was not sent yet about an attempt's wait, since it goes on now. */
  forgetWait(attemptId: string): void {
    this.#facts.delete(`waiting ${attemptId}`);
  }

  /** Sends what comes, in batches, again when a commit failed; resolves after `signal` aborts. */
  async run(sink: FactSink, signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      if (this.#facts.size === 0) await this.#news(signal);
      const sent = await this.once(sink);
      failures = sent ? 0 : failures + 1;
      if (!sent) await pause(backOff(failures, this.#random), signal);
    }
  }

  /** Sends one batch. False when it was not committed and stays in the box. */
  async once(sink: FactSink): Promise<boolean> {
    const batch = [...this.#facts].slice(0, BATCH);
    if (batch.length === 0) return true;
    try {
      await sink.record(batch.map(([, fact]) => fact));
    } catch (error) {
      this.#events.trouble?.({ what: `${batch.length} facts were not recorded; they are told again.`, error });
      return false;
    }
    for (const [key, fact] of batch) if (this.#facts.get(key) === fact) this.#facts.delete(key);
    return true;
  }

  async #news(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#wake = null;
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#wake = done;
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}
