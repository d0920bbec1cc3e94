import type { Clock } from '@gantry/sdk/model';
import { BoundedCache } from './bounded-cache.ts';

/** A sender may do so much at once, and so much a second for ever. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  readonly left: number;
  readonly at: number;
}

/** How many senders are remembered; who is forgotten begins with a full burst. */
const MOST_SENDERS = 20_000;

/** Counts requests by sender, in this process. */
export class RequestRates {
  readonly #rate: Rate;
  readonly #clock: Clock;
  readonly #buckets = new BoundedCache<Bucket>(MOST_SENDERS);

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /** Counts one request. Answers 0, or the whole seconds to wait when it is too many; then it is not counted. */
  waitSeconds(sender: string): number {
    const now = this.#clock.monotonic();
    const { bucket, wait } = taken(this.#buckets.get(sender), this.#rate, now);
    this.#buckets.set(sender, bucket);
    return wait;
  }
}

/** A bucket after one request at `now` (milliseconds), and the seconds to wait when it was empty. */
export function taken(
  bucket: Bucket | undefined,
  { perSecond, burst }: Rate,
  now: number,
): { readonly bucket: Bucket; readonly wait: number } {
  const filled = bucket === undefined ? burst : bucket.left + ((now - bucket.at) / 1000) * perSecond;
  const left = Math.min(burst, filled);
  if (left >= 1) return { bucket: { left: left - 1, at: now }, wait: 0 };
  return { bucket: { left, at: now }, wait: Math.max(1, Math.ceil((1 - left) / perSecond)) };
}
