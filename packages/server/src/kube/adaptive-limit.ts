import type { Clock, Random } from '@gantry/sdk/model';
import { KubeError } from './kube-error.ts';

export interface AdaptiveLimitOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Calls at the same time, at first. Default 16. */
  readonly start?: number;
  /** Never more than this. Default 100. */
  readonly cap?: number;
  /** Calls that may wait in line; more are refused. Default 10,000. */
  readonly line?: number;
}

/** What a finished call says about the server's load. `refused`: 429. `overloaded`: 503 or no answer in time. */
export type LoadSign = 'fine' | 'refused' | 'overloaded';

/** Growth stops while calls take this much longer than the quickest round: then the server only queues them. */
const SLOW_FACTOR = 2;
const SLOW_GRACE_MILLISECONDS = 5;
/** The best round is forgotten slowly, so that a server that became slower for good is not held against us for ever. */
const BEST_FADES = 1.05;
const DEFAULT_PAUSE_MILLISECONDS = 1_000;

/**
 * How many writes are under way at once: additive increase, multiplicative decrease. One more after each round of
 * successes that used the limit up, half after a sign of overload; nothing starts before Retry-After has passed.
 */
export class AdaptiveLimit {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #cap: number;
  readonly #lineLength: number;
  readonly #line: (() => void)[] = [];
  /** Those that go before the line: three of four places, so that the line moves on too. */
  readonly #front: (() => void)[] = [];
  #placesGiven = 0;
  #limit: number;
  #active = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #wake: NodeJS.Timeout | null = null;
  #roundCalls = 0;
  #roundMilliseconds = 0;
  #roundWasFull = false;
  #bestMilliseconds = Number.POSITIVE_INFINITY;
  #halvedAt = Number.NEGATIVE_INFINITY;

  constructor(options: AdaptiveLimitOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#cap = Math.max(1, options.cap ?? 100);
    this.#limit = Math.min(this.#cap, options.start ?? 16);
    this.#lineLength = options.line ?? 10_000;
  }

  /** Calls allowed at the same time now. */
  get limit(): number {
    return this.#limit;
  }

  /** Calls under way. */
  get active(): number {
    return this.#active;
  }

  /** Runs `work` when there is a place, with `ahead` before those that wait without; `sign` reads its outcome. */
  async run<Result>(work: () => Promise<Result>, sign: (error: unknown) => LoadSign, ahead = false): Promise<Result> {
    await this.#place(ahead ? this.#front : this.#line);
    const startedAt = this.#clock.monotonic();
    try {
      const result = await work();
      this.#succeeded(this.#clock.monotonic() - startedAt);
      return result;
    } catch (error) {
      const found = sign(error);
      if (found !== 'fine') this.#halve(startedAt);
      if (found === 'refused') this.#pause(error instanceof KubeError ? error.retryAfterMilliseconds : null);
      throw error;
    } finally {
      this.#active--;
      this.#admit();
    }
  }

  /** Lets nobody wait any longer; those in line start, and meet a closed client. */
  close(): void {
    if (this.#wake !== null) clearTimeout(this.#wake);
    this.#pausedUntil = Number.NEGATIVE_INFINITY;
    this.#limit = Number.POSITIVE_INFINITY;
    this.#admit();
  }

  async #place(line: (() => void)[]): Promise<void> {
    if (line.length >= this.#lineLength) {
      throw new KubeError({
        kind: 'too_many',
        message: `More than ${this.#lineLength} calls wait for the Kubernetes API.`,
      });
    }
    await new Promise<void>((resolve) => {
      line.push(resolve);
      this.#admit();
    });
  }

  #next(): (() => void) | undefined {
    this.#placesGiven += 1;
    const [first, second] = this.#placesGiven % 4 === 0 ? [this.#line, this.#front] : [this.#front, this.#line];
    return first.shift() ?? second.shift();
  }

  #admit(): void {
    const wait = this.#pausedUntil - this.#clock.monotonic();
    if (wait > 0) {
      if (this.#line.length + this.#front.length > 0) this.#wake ??= setTimeout(() => this.#resume(), Math.ceil(wait));
      return;
    }
    while (this.#active < this.#limit) {
      const next = this.#next();
      if (next === undefined) return;
      this.#active++;
      next();
    }
    this.#roundWasFull = true;
  }

  #resume(): void {
    this.#wake = null;
    this.#admit();
  }

  #succeeded(milliseconds: number): void {
    this.#roundCalls++;
    this.#roundMilliseconds += milliseconds;
    if (this.#roundCalls < this.#limit) return;
    const mean = this.#roundMilliseconds / this.#roundCalls;
    const slow = mean > this.#bestMilliseconds * SLOW_FACTOR + SLOW_GRACE_MILLISECONDS;
    if (this.#roundWasFull && !slow) this.#limit = Math.min(this.#cap, this.#limit + 1);
    this.#bestMilliseconds = Math.min(mean, this.#bestMilliseconds * BEST_FADES);
    this.#newRound();
  }

  /** Once for all calls that were under way together: those that started before the last halving say nothing new. */
  #halve(startedAt: number): void {
    if (startedAt <= this.#halvedAt) return;
    this.#halvedAt = this.#clock.monotonic();
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#newRound();
  }

  #pause(milliseconds: number | null): void {
    const wait = (milliseconds ?? DEFAULT_PAUSE_MILLISECONDS) * (1 + this.#random.fraction() / 2);
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.monotonic() + wait);
  }

  #newRound(): void {
    this.#roundCalls = 0;
    this.#roundMilliseconds = 0;
    this.#roundWasFull = false;
  }
}
