import { GantryError } from '@gantry/sdk/model';
import type { Ticks } from './ticks.ts';

/** A tick every so many seconds, through the anchor and to both sides of it. Throws `dag_invalid` unless it is more than 0. */
export function durationTicks(seconds: number, anchor: number): Ticks {
  const step = Math.round(seconds * 1000);
  if (!(step > 0)) {
    throw new GantryError('dag_invalid', `The schedule is every ${seconds} s; expected a duration of more than 0.`);
  }
  return {
    after: (moment) => anchor + (Math.floor((moment - anchor) / step) + 1) * step,
    before: (moment) => anchor + (Math.ceil((moment - anchor) / step) - 1) * step,
  };
}
