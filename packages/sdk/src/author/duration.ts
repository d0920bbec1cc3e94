import { type Reader, wrong } from './option-readers.ts';

/** Seconds, or a text such as '30s', '5m', '1h30m', '2d' or ISO 8601's 'PT5M'. */
export type Duration = number | string;

const SHORT =
  /^(?:(\d+(?:\.\d+)?)w)?(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?$/;
const ISO =
  /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?=\d)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const UNIT_SECONDS = [604_800, 86_400, 3600, 60, 1];

/** Ten years: longer is a mistake in the unit. */
const LONGEST_SECONDS = 315_360_000;

function secondsOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  const parts = SHORT.exec(value) ?? ISO.exec(value);
  if (parts === null || parts.slice(1).every((part) => part === undefined)) return null;
  const seconds = UNIT_SECONDS.reduce((sum, unit, index) => sum + Number(parts[index + 1] ?? 0) * unit, 0);
  return Math.round(seconds * 1000) / 1000;
}

/** Seconds from 0 to ten years. */
export const duration: Reader<number> = (value, place) => {
  const seconds = secondsOf(value);
  if (seconds !== null && seconds >= 0 && seconds <= LONGEST_SECONDS) return seconds;
  throw wrong(place, `seconds or a text such as "30s", "5m", "1h30m" or "PT5M", at most ten years`, value);
};

/** The same, but more than nothing. */
export const positiveDuration: Reader<number> = (value, place) => {
  const seconds = duration(value, place);
  if (seconds > 0) return seconds;
  throw wrong(place, 'longer than nothing', value);
};
