import type { Clock, Random } from '@gantry/sdk/model';

const FIRST_MILLISECONDS = 800;
const LONGEST_MILLISECONDS = 30_000;
const HEALTHY_MILLISECONDS = 120_000;

/** Back-off of W9: 0.8 s, doubled up to 30 s, full jitter, forgotten after two minutes without a failure. */
export class RetryDelay {
  readonly #clock: Clock;
  readonly #random: Random;
  #ceiling = FIRST_MILLISECONDS;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Milliseconds to wait after one more failure. */
  next(): number {
    const now = this.#clock.monotonic();
    if (now - this.#failedAt > HEALTHY_MILLISECONDS) this.#ceiling = FIRST_MILLISECONDS;
    const delay = this.#ceiling * this.#random.fraction();
    this.#ceiling = Math.min(LONGEST_MILLISECONDS, this.#ceiling * 2);
    this.#failedAt = now;
    return delay;
  }

  /** At least what the server asked for, with jitter so that not all come back at once (W8). */
  after(retryAfterMilliseconds: number | null): number {
    if (retryAfterMilliseconds === null) return this.next();
    return retryAfterMilliseconds * (1 + this.#random.fraction() / 2);
  }
}
