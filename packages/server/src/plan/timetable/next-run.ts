import type { ScheduleSpec } from '@gantry/sdk/model';
import { cronTicks } from './cron.ts';
import { durationTicks } from './duration.ts';
import { newestComplete, nextInterval } from './interval-timetable.ts';
import { onlyRun } from './once.ts';
import type { PlannedRun, ScheduleSituation } from './planned-run.ts';
import type { Ticks } from './ticks.ts';
import { nextTriggered } from './trigger-timetable.ts';

/** The last moment a date can name. */
const LAST_MOMENT = 8.64e15;

/**
 * The next run that a schedule makes by itself, or null when there is none. One run a call: a long catch-up is as many
 * calls, each with the run before it as `lastRun`. Throws `dag_invalid` for a schedule that cannot be understood.
 */
export function nextRun(schedule: ScheduleSpec, situation: ScheduleSituation): PlannedRun | null {
  if (schedule.kind === 'none') return null;
  if (schedule.kind === 'once') return onlyRun(situation);
  const ticks = ticksOf(schedule, anchorOf(situation));
  const run = schedule.interval ? nextInterval(ticks, situation) : nextTriggered(ticks, situation);
  return run === null || run.runAfter > LAST_MOMENT ? null : run;
}

/**
 * What a run made by hand at `now` stands for: the last complete interval under a data-interval schedule, else the
 * moment itself. A duration counts back from `now`.
 */
export function manualInterval(
  schedule: ScheduleSpec,
  now: number,
): { readonly intervalStart: number; readonly intervalEnd: number } {
  const moment = { intervalStart: now, intervalEnd: now };
  if (schedule.kind === 'none' || schedule.kind === 'once' || !schedule.interval) return moment;
  const newest = newestComplete(ticksOf(schedule, now), now);
  return newest === null ? moment : { intervalStart: newest.start, intervalEnd: newest.end };
}

/** The moments of a schedule that has any; `anchor` is where a duration begins. */
export function ticksOf(schedule: Extract<ScheduleSpec, { kind: 'cron' | 'duration' }>, anchor: number): Ticks {
  return schedule.kind === 'cron'
    ? cronTicks(schedule.expression, schedule.timezone)
    : durationTicks(schedule.seconds, anchor);
}

/** Durations go on from the last run, or begin at a later start date; with neither they are round in UTC. */
function anchorOf({ startDate, lastRun }: ScheduleSituation): number {
  return Math.max(startDate ?? lastRun?.intervalEnd ?? 0, lastRun?.intervalEnd ?? startDate ?? 0);
}
