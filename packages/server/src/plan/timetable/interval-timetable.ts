import type { PlannedRun, ScheduleSituation } from './planned-run.ts';
import { firstFrom, lastUntil, type Ticks } from './ticks.ts';

/** The time between two ticks that follow each other. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/**
 * The next run of a schedule whose runs stand for the time between two ticks: due at its end, its logical date the
 * start. Goes on from the last run's end, aligned back after a change of schedule; never before the start date, rounded up
 * to a tick. Without catch-up it is the newest complete interval. Without start date and last run it is the interval that
 * ends next. Airflow: CronDataIntervalTimetable, DeltaDataIntervalTimetable.
 */
export function nextInterval(ticks: Ticks, situation: ScheduleSituation): PlannedRun | null {
  const start = nextStart(ticks, situation);
  if (start === null || (situation.endDate !== null && start > situation.endDate)) return null;
  const end = ticks.after(start);
  return end === null ? null : { logicalDate: start, intervalStart: start, intervalEnd: end, runAfter: end };
}

/** The last interval that is over by now. */
export function newestComplete(ticks: Ticks, now: number): Interval | null {
  const end = lastUntil(ticks, now);
  const start = end === null ? null : ticks.before(end);
  return start === null || end === null ? null : { start, end };
}

function nextStart(ticks: Ticks, { startDate, lastRun, catchup, now }: ScheduleSituation): number | null {
  if (startDate === null && lastRun === null) return lastUntil(ticks, now);
  const first = startDate === null ? null : firstFrom(ticks, startDate);
  if (startDate !== null && first === null) return null;
  const starts = [first, lastRun === null ? null : startAfter(ticks, lastRun)];
  if (!catchup) starts.push(newestComplete(ticks, now)?.start ?? null);
  const known = starts.filter((start) => start !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Two runs never share a logical date: an aligned start that is the last run's own moves on by a tick. */
function startAfter(ticks: Ticks, lastRun: NonNullable<ScheduleSituation['lastRun']>): number | null {
  const aligned = lastUntil(ticks, lastRun.intervalEnd);
  return aligned === null || aligned === lastRun.logicalDate ? ticks.after(lastRun.intervalEnd) : aligned;
}
