import type { ScheduleSpec } from '@gantry/sdk/model';

/**
 * The data interval of a run that a person triggers with a logical date (milliseconds since 1970); null when the
 * schedule has none. Given by main, since the API does not know timetables.
 */
export type ManualInterval = (
  schedule: ScheduleSpec,
  at: number,
) => { readonly start: number; readonly end: number } | null;
