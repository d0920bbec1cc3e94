import type { Clock } from '../model/clock.ts';

/** The machine's clock. `monotonic` has the same zero in every thread of the machine, so leases can cross threads. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Number(process.hrtime.bigint()) / 1e6,
};
