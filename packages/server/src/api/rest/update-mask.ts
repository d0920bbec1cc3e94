/**
 * Airflow's update_mask: of the fields that it may name only those that it does name are taken from a body; without a mask
 * all are. Fields that say how to apply it, such as `include_past`, always count.
 */
export function masked<Body extends object>(body: Body, mask: readonly string[] | undefined): Body {
  if (mask === undefined) return body;
  const entries = Object.entries(body).filter(([name]) => name.startsWith('include_') || mask.includes(name));
  return Object.fromEntries(entries) as Body;
}
