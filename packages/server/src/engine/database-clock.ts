import type { Clock } from '@gantry/sdk/model';

/**
 * The scheduler's clock: the database's time, carried on between renewals by the host's monotonic clock. So no decision
 * compares the wall clocks of two hosts, and a jump of the host's clock changes nothing (I33).
 */
export class DatabaseClock implements Clock {
  readonly #host: Clock;
  #offset: number;

  constructor(host: Clock) {
    this.#host = host;
    this.#offset = host.now() - host.monotonic();
  }

  /** Told at each renewal: the database's time, read now. */
  set(databaseNow: number): void {
    this.#offset = databaseNow - this.#host.monotonic();
  }

  now(): number {
    return this.#offset + this.#host.monotonic();
  }

  monotonic(): number {
    return this.#host.monotonic();
  }
}
