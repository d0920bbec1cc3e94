/** When a run is due and what it stands for; milliseconds since 1970. */
export interface PlannedRun {
  readonly logicalDate: number;
  readonly intervalStart: number;
  readonly intervalEnd: number;
  /** Not made before this moment. */
  readonly runAfter: number;
}

/** What a timetable must know to name the next run; milliseconds since 1970. */
export interface ScheduleSituation {
  readonly startDate: number | null;
  readonly endDate: number | null;
  /** True makes every missed run, false only the newest. */
  readonly catchup: boolean;
  /** The scheduled run that was made last, whatever became of it; null before the first. */
  readonly lastRun: Omit<PlannedRun, 'runAfter'> | null;
  readonly now: number;
}

/** A run that stands for a moment, due at it. */
export function runAt(moment: number): PlannedRun {
  return { logicalDate: moment, intervalStart: moment, intervalEnd: moment, runAfter: moment };
}
