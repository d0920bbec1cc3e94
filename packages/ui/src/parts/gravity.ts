/** The gravest state first: what is wanted to be known of many at one look. The API orders mapped instances by the same. */
const BY_GRAVITY = [
  ...['failed', 'upstream_failed', 'up_for_retry', 'restarting', 'running', 'queued', 'scheduled', 'none'],
  ...['success', 'skipped', 'removed'],
];

/** Orders states, the gravest first; what is no state comes last. */
export function byGravity(one: string, other: string): number {
  return placeOf(one) - placeOf(other);
}

function placeOf(state: string): number {
  const place = BY_GRAVITY.indexOf(state);
  return place < 0 ? BY_GRAVITY.length : place;
}

/** The gravest of the states; null when there are none. */
export function gravest(states: readonly (string | null)[]): string | null {
  const found = new Set(states);
  return BY_GRAVITY.find((state) => found.has(state)) ?? null;
}
