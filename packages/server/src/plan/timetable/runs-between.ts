import type { ScheduleSpec } from '@gantry/sdk/model';
import { ticksOf } from './next-run.ts';
import { type PlannedRun, runAt } from './planned-run.ts';
import { firstFrom } from './ticks.ts';

/** Which runs are asked for: logical dates from `from` to `to`, both included; milliseconds since 1970. */
export interface RunRange {
  readonly from: number;
  readonly to: number;
  /** Where the ticks of a duration begin; without one they are round in UTC. */
  readonly startDate: number | null;
  /** At most so many are answered. */
  readonly limit: number;
}

/**
 * The runs that a schedule has in a range, the oldest first; empty for a schedule that makes none or only one by
 * itself. Throws `dag_invalid` for a schedule that cannot be understood. Airflow: iter_dagrun_infos_between.
 */
export function runsBetween(schedule: ScheduleSpec, { from, to, startDate, limit }: RunRange): PlannedRun[] {
  if (schedule.kind === 'none' || schedule.kind === 'once') return [];
  const ticks = ticksOf(schedule, startDate ?? 0);
  const runs: PlannedRun[] = [];
  for (let tick = firstFrom(ticks, from); tick !== null && tick <= to && runs.length < limit; ) {
    const next = ticks.after(tick);
    if (!schedule.interval) runs.push(runAt(tick));
    else if (next !== null) runs.push({ logicalDate: tick, intervalStart: tick, intervalEnd: next, runAfter: next });
    tick = next;
  }
  return runs;
}
