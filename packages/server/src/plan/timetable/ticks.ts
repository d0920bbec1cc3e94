/** The moments of a schedule, both ways; milliseconds since 1970. Null where there are none any more. */
export interface Ticks {
  /** The first tick after a moment, never at it. */
  after(moment: number): number | null;
  /** The last tick before a moment, never at it. */
  before(moment: number): number | null;
}

/** The first tick at a moment or after it. */
export function firstFrom(ticks: Ticks, moment: number): number | null {
  return ticks.after(Math.ceil(moment) - 1);
}

/** The last tick at a moment or before it. */
export function lastUntil(ticks: Ticks, moment: number): number | null {
  return ticks.before(Math.floor(moment) + 1);
}
