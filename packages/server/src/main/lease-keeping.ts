import type { Clock } from '@gantry/sdk/model';

/** What the lease's keeper may do and tell. */
export interface LeaseKeepingParts {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly leaseSeconds: number;
  /** The scheduler's loop itself renews each third of the lease; after so long without, its lead is given up. */
  readonly longestSilenceSeconds: number;
  /** Answers null when the lease has ended. */
  readonly renew: (serviceId: string) => Promise<unknown>;
  readonly warn: (sentence: string) => void;
}

/** What the scheduler's loop tells the keeper of its lease. */
export type LeaseMessage =
  | { readonly kind: 'hold'; readonly serviceId: string }
  | { readonly kind: 'renewed' }
  | { readonly kind: 'release' };

/**
 * Renews a scheduler's lease beside its loop, so that a loop that stands still for a while (a huge DAG, a long pause of
 * the garbage collector, a slow database) loses nothing (rule D13). A loop that has not renewed by itself for the
 * longest silence is taken for dead: it is not renewed any more, and others take over when the lease ends.
 */
export class LeaseKeeping {
  readonly #parts: LeaseKeepingParts;
  #serviceId: string | null = null;
  #heardAt = 0;
  #renewedAt = 0;
  #warned = false;

  constructor(parts: LeaseKeepingParts) {
    this.#parts = parts;
  }

  hear(message: LeaseMessage): void {
    const now = this.#parts.clock.monotonic();
    if (message.kind === 'release') this.#serviceId = null;
    else {
      if (message.kind === 'hold') this.#serviceId = message.serviceId;
      if (this.#warned) this.#parts.warn(`The scheduler's loop goes on after ${seconds(now - this.#heardAt)} s.`);
      this.#warned = false;
      this.#heardAt = now;
    }
  }

  /** Looks once whether to renew, to warn or to give up. Throws what renewing threw; the next look tries again. */
  async once(): Promise<void> {
    const { clock, leaseSeconds, longestSilenceSeconds, renew, warn } = this.#parts;
    const id = this.#serviceId;
    if (id === null) return;
    const now = clock.monotonic();
    const silence = now - this.#heardAt;
    if (silence > longestSilenceSeconds * 1000) {
      this.#serviceId = null;
      warn(`The scheduler's loop has stood still for ${seconds(silence)} s; its lease is not renewed any more.`);
      return;
    }
    if (silence > (leaseSeconds * 2000) / 3 && !this.#warned) {
      this.#warned = true;
      const bound = `for at most ${longestSilenceSeconds} s`;
      warn(`The scheduler's loop has stood still for ${seconds(silence)} s; its lease is kept beside it ${bound}.`);
    }
    if (now - this.#renewedAt < (leaseSeconds * 1000) / 3) return;
    const held = await renew(id);
    this.#renewedAt = now;
    if (held === null && this.#serviceId === id) this.#serviceId = null;
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
