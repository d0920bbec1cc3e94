import type { Clock, Random, ScheduleSpec } from '@gantry/sdk/model';
import type { Database } from '../../store/database.ts';
import type { StoredCode } from '../execution/stored-code.ts';
import type { ApiOptions } from '../options.ts';
import type { OpenStreams } from './open-streams.ts';

/**
 * The data interval of a run that a person triggers with a logical date (milliseconds since 1970); null when the
 * schedule has none. Given by main, since the API does not know timetables.
 */
export type ManualInterval = (
  schedule: ScheduleSpec,
  at: number,
) => { readonly start: number; readonly end: number } | null;

/** What routes of the REST API are made of; each takes what it needs. */
export interface RestParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly options: ApiOptions;
  readonly manualInterval: ManualInterval;
  readonly version: string;
  readonly code: StoredCode;
  readonly streams: OpenStreams;
}
