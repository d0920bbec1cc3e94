/** Digits without a leading zero: the only versions that can be compared (W1, KEP-5504). Never made a number: they may have 128 bits. */
const COMPARABLE = /^[1-9]\d*$/;

/** Negative when `one` is older, 0 when equal, positive when newer; null when they cannot be compared, which means: list. */
export function compareResourceVersions(one: string, other: string): number | null {
  if (!COMPARABLE.test(one) || !COMPARABLE.test(other)) return null;
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : one === other ? 0 : 1;
}

/** Whether a watch may start from it. `0` would bring old states as if they were new (W5). */
export function isWatchable(resourceVersion: string): boolean {
  return resourceVersion !== '' && resourceVersion !== '0';
}
