import { type DagSpec, GantryError, type JsonObject, runIdFor } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import { type AskedBackfill, REPROCESS_BEHAVIORS } from '../../store/create-backfill.ts';
import { nullable, Time } from './nullable.ts';
import type { RunsBetween } from './rest-parts.ts';

/** More logical dates than this are several backfills: all of one are made in one transaction. */
const MOST_RUNS = 10_000;
/** Airflow: BackfillPostBody.max_active_runs. */
const DEFAULT_ACTIVE_RUNS = 10;

export const BackfillPostBody = Type.Object(
  {
    dag_id: Type.String({ minLength: 1, maxLength: 250 }),
    from_date: Time,
    to_date: Time,
    run_backwards: Type.Optional(Type.Boolean({ default: false })),
    dag_run_conf: Type.Optional(nullable(Type.Unsafe<JsonObject>({ type: 'object' }))),
    reprocess_behavior: Type.Optional(Type.Enum([...REPROCESS_BEHAVIORS], { default: 'none' })),
    max_active_runs: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: DEFAULT_ACTIVE_RUNS })),
    run_on_latest_version: Type.Optional(Type.Boolean({ default: true })),
  },
  { additionalProperties: false },
);

/** What a request for a backfill means for the schedule of its DAG. */
export type PlannedBackfill = Omit<AskedBackfill, 'dagId' | 'version' | 'createdBy'>;

/** The runs of a backfill. Throws `bad_request`, `conflict` or `invalid` for one that cannot be made. */
export function plannedBackfill(
  body: Static<typeof BackfillPostBody>,
  spec: DagSpec,
  now: number,
  runsBetween: RunsBetween,
): PlannedBackfill {
  const from = Date.parse(body.from_date);
  const to = Date.parse(body.to_date);
  const runBackwards = body.run_backwards ?? false;
  refuseUnfit(spec, { from, to, now, runBackwards });
  const runs = runsBetween(spec, { from, to, limit: MOST_RUNS + 1 });
  if (runs.length > MOST_RUNS) {
    throw new GantryError(
      'bad_request',
      `From ${body.from_date} to ${body.to_date} the DAG ${spec.dagId} has more than ${MOST_RUNS} runs; make several backfills of shorter ranges.`,
    );
  }
  const wanted = runs.map(({ logicalDate, intervalStart, intervalEnd, runAfter }) => ({
    runId: runIdFor('backfill', logicalDate),
    logicalDate: text(logicalDate),
    intervalStart: text(intervalStart),
    intervalEnd: text(intervalEnd),
    runAfter: text(runAfter),
  }));
  return {
    fromDate: text(from),
    toDate: text(to),
    conf: body.dag_run_conf ?? {},
    reprocessBehavior: body.reprocess_behavior ?? 'none',
    maxActiveRuns: body.max_active_runs ?? DEFAULT_ACTIVE_RUNS,
    runBackwards,
    runs: runBackwards ? wanted.reverse() : wanted,
  };
}

function refuseUnfit(
  spec: DagSpec,
  { from, to, now, runBackwards }: { from: number; to: number; now: number; runBackwards: boolean },
): void {
  if (Number.isNaN(from) || Number.isNaN(to)) {
    throw new GantryError('invalid', 'body: from_date and to_date expect times such as 2026-03-01T00:00:00Z.');
  }
  if (from > to) throw new GantryError('invalid', 'body: from_date is later than to_date.');
  if (from > now || to > now) {
    throw new GantryError(
      'bad_request',
      'body: from_date and to_date must not be in the future; what is to come is made by the schedule.',
    );
  }
  if (spec.schedule.kind === 'none' || spec.schedule.kind === 'once') {
    throw new GantryError(
      'conflict',
      `The DAG ${spec.dagId} has no schedule that repeats, so there are no logical dates to fill.`,
    );
  }
  const past = spec.tasks.find(({ dependsOnPast }) => dependsOnPast);
  if (runBackwards && past !== undefined) {
    throw new GantryError(
      'invalid',
      `body.run_backwards: task ${past.taskId} has dependsOnPast, so its runs must go forwards.`,
    );
  }
}

function text(at: number): string {
  return new Date(at).toISOString();
}
