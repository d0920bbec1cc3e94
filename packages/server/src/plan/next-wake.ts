import type { RunSnapshot } from './snapshot.ts';

/**
 * The earliest moment (milliseconds since 1970) at which a delay of this run ends: a retry that the planner can then
 * schedule, or a free retry that may then be admitted. Null when time alone changes nothing. Ask after `examineRun`.
 */
export function nextWake(snapshot: RunSnapshot): number | null {
  let earliest: number | null = null;
  for (const index of snapshot.timers) {
    const { state, notBefore } = snapshot.instances[index]!;
    if (notBefore === null || (state !== 'up_for_retry' && state !== 'scheduled')) continue;
    if (earliest === null || notBefore < earliest) earliest = notBefore;
  }
  return earliest;
}
