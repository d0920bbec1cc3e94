const FIRST_MILLISECONDS = 100;
const LONGEST_MILLISECONDS = 5_000;

/**
 * How long to wait before try `tries + 1`: doubles from 100 ms to 5 s, of which a random half, so that a thousand
 * workers that lost the same server do not come back at once. `tries` counts the failed ones, from 1.
 */
export function backOffMilliseconds(tries: number, fraction: number): number {
  const full = Math.min(FIRST_MILLISECONDS * 2 ** Math.min(tries - 1, 10), LONGEST_MILLISECONDS);
  return full / 2 + (full / 2) * fraction;
}
