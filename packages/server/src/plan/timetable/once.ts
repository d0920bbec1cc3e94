import { type PlannedRun, runAt, type ScheduleSituation } from './planned-run.ts';

/** The one run of `@once`: at the start date, or now without one. Airflow: OnceTimetable. */
export function onlyRun({ startDate, endDate, lastRun, now }: ScheduleSituation): PlannedRun | null {
  if (lastRun !== null) return null;
  const moment = startDate ?? now;
  return endDate !== null && moment > endDate ? null : runAt(moment);
}
