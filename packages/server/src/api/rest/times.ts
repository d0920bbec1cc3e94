/** Seconds between two times; null while one is missing. Airflow: duration. */
export function durationSeconds(start: string | null, end: string | null): number | null {
  return start === null || end === null ? null : (Date.parse(end) - Date.parse(start)) / 1000;
}

/** Airflow's form of a duration of a task. */
export interface TimeDelta {
  readonly __type: 'TimeDelta';
  readonly days: number;
  readonly seconds: number;
  readonly microseconds: number;
}

export function timeDelta(seconds: number): TimeDelta {
  const whole = Math.floor(seconds);
  return {
    __type: 'TimeDelta',
    days: Math.floor(whole / 86_400),
    seconds: whole % 86_400,
    microseconds: Math.round((seconds - whole) * 1e6),
  };
}

/** ISO 8601 duration, as Airflow writes those of a DAG. */
export function isoDuration(seconds: number): string {
  return `PT${seconds}S`;
}
