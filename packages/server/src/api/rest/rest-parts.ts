import type { Clock, DagSpec, JsonObject, Random, ScheduleSpec } from '@gantry/sdk/model';
import type { SecretBox } from '../../secrets/secret-box.ts';
import type { SecretLookup } from '../../secrets/secret-lookup.ts';
import type { Database } from '../../store/database.ts';
import type { AttemptPodRow } from '../../store/read-attempt-pod.ts';
import type { PasswordSignIn } from '../accounts/password-sign-in.ts';
import type { StoredCode } from '../execution/stored-code.ts';
import type { OidcOptions } from '../oidc/oidc-options.ts';
import type { ApiOptions } from '../options.ts';
import type { SessionCookie } from '../sessions/session-cookie.ts';
import type { OpenStreams } from './open-streams.ts';

/**
 * The data interval of a run that a person triggers with a logical date (milliseconds since 1970); null when the
 * schedule has none. Given by main, since the API does not know timetables.
 */
export type ManualInterval = (
  schedule: ScheduleSpec,
  at: number,
) => { readonly start: number; readonly end: number } | null;

/** A run that a schedule has; milliseconds since 1970. */
export interface ScheduledRun {
  readonly logicalDate: number;
  readonly intervalStart: number;
  readonly intervalEnd: number;
  readonly runAfter: number;
}

/** The runs that a DAG's schedule has from one logical date to another, at most `limit`; given by main like the interval. */
export type RunsBetween = (
  spec: DagSpec,
  range: { readonly from: number; readonly to: number; readonly limit: number },
) => readonly ScheduledRun[];

/** A pod out of its stored shape and the attempt that fills its holes; given by main, since the API knows no pods. */
export type PodOfShape = (
  shape: { readonly body: string; readonly digest: string },
  of: Pick<AttemptPodRow, 'attemptId' | 'dagId' | 'taskId' | 'runId' | 'tryNumber' | 'mapIndex'>,
) => JsonObject;

/** What routes of the REST API are made of; each takes what it needs. */
export interface RestParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly options: ApiOptions;
  readonly manualInterval: ManualInterval;
  readonly runsBetween: RunsBetween;
  readonly podOfShape: PodOfShape;
  readonly version: string;
  readonly code: StoredCode;
  readonly streams: OpenStreams;
  readonly cookie: SessionCookie;
  /** Null: people sign in with passwords only. */
  readonly oidc: OidcOptions | null;
  /** Hex; signs what waits in a browser during a sign-in. */
  readonly claimKey: string;
  readonly signIn: PasswordSignIn;
  readonly box: SecretBox;
  readonly lookup: SecretLookup;
}
