import type { RunType } from './run.ts';

/** Airflow's form of a run id, `manual__2026-03-01T06:00:00+00:00`; milliseconds appear only when there are some. */
export function runIdFor(runType: RunType, time: number): string {
  const text = new Date(time).toISOString();
  return `${runType}__${text.replace(/(\.000)?Z$/, '').replace(/(\.\d{3})$/, '$1000')}+00:00`;
}
