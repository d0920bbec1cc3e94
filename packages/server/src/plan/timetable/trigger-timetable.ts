import { type PlannedRun, runAt, type ScheduleSituation } from './planned-run.ts';
import { firstFrom, lastUntil, type Ticks } from './ticks.ts';

/**
 * The next run of a schedule whose runs start at the tick and stand for it. Never before the start date, rounded up to a
 * tick, nor at or before the last run. Without catch-up all ticks but the newest that passed are left out. Without start date and
 * last run it is the next tick from now. Airflow: CronTriggerTimetable, DeltaTriggerTimetable.
 */
export function nextTriggered(ticks: Ticks, situation: ScheduleSituation): PlannedRun | null {
  const { startDate, endDate, lastRun, catchup, now } = situation;
  if (startDate === null && lastRun === null) return unlessOver(firstFrom(ticks, now), endDate);
  const earliest = [
    startDate === null ? null : firstFrom(ticks, startDate),
    lastRun === null ? null : ticks.after(lastRun.intervalEnd),
  ];
  const next = latest(earliest);
  // A schedule that has no tick left after the last run has none at all, whatever passed before.
  if (next === null || catchup) return unlessOver(next, endDate);
  return unlessOver(latest([next, lastUntil(ticks, now)]), endDate);
}

function unlessOver(tick: number | null, endDate: number | null): PlannedRun | null {
  return tick === null || (endDate !== null && tick > endDate) ? null : runAt(tick);
}

function latest(ticks: readonly (number | null)[]): number | null {
  const known = ticks.filter((tick) => tick !== null);
  return known.length === 0 ? null : Math.max(...known);
}
