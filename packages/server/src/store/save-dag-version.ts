import type { DagSpec, ScheduleSpec } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';

export interface DagVersionToSave {
  readonly file: string;
  readonly spec: DagSpec;
  readonly specDigest: string;
  readonly bundleDigest: string;
  readonly source: string;
  /** For a DAG that is seen for the first time and does not say it itself. */
  readonly pausedAtCreation: boolean;
}

interface Known {
  readonly version: number;
  readonly spec: DagSpec;
  readonly same: boolean;
  readonly is_stale: boolean;
}

/**
 * Makes the DAG current as given. The number is that of a new version when the spec or the bundle differs from the
 * current one. Runs inside intake's transaction, which holds its lock, so nobody else makes versions meanwhile.
 */
export async function saveDagVersion(
  tx: Queryable,
  dag: DagVersionToSave,
): Promise<{ readonly version: number; readonly isNew: boolean }> {
  const known = await readKnown(tx, dag);
  const isNew = known === null || !known.same;
  const version = known === null ? 1 : isNew ? known.version + 1 : known.version;
  await saveDag(tx, dag, version, scheduleChanged(known, dag.spec));
  if (isNew) await insertVersion(tx, dag, version);
  return { version, isNew };
}

async function readKnown(tx: Queryable, dag: DagVersionToSave): Promise<Known | null> {
  const [row] = await tx.query<Known>(
    `select v.version, v.spec, d.is_stale, v.spec_digest = $2 and v.bundle_digest = $3 as same
     from dag d join dag_version v on v.dag_id = d.dag_id and v.version = d.current_version
     where d.dag_id = $1 for update of d`,
    [dag.spec.dagId, dag.specDigest, dag.bundleDigest],
  );
  return row ?? null;
}

/** The scheduler computes the next run anew only then: for any other change it keeps what it has. */
function scheduleChanged(known: Known | null, spec: DagSpec): boolean {
  return known === null || known.is_stale || timing(known.spec) !== timing(spec);
}

function timing({ schedule, startDate, endDate, catchup }: DagSpec): string {
  const { kind } = schedule;
  const parts = kind === 'cron' ? [schedule.expression, schedule.timezone, schedule.interval] : [];
  if (kind === 'duration') parts.push(String(schedule.seconds), schedule.interval);
  return JSON.stringify([kind, ...parts, startDate, endDate, catchup]);
}

async function saveDag(tx: Queryable, dag: DagVersionToSave, version: number, changed: boolean): Promise<void> {
  const { spec } = dag;
  await tx.query(
    `insert into dag (dag_id, is_paused, file, current_version, description, tags, owners, timetable_summary,
       max_active_runs, max_active_tasks, schedule_changed)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true)
     on conflict (dag_id) do update set is_stale = false, file = excluded.file,
       current_version = excluded.current_version, description = excluded.description, tags = excluded.tags,
       owners = excluded.owners, timetable_summary = excluded.timetable_summary,
       max_active_runs = excluded.max_active_runs, max_active_tasks = excluded.max_active_tasks,
       schedule_changed = dag.schedule_changed or $11, last_parsed_at = clock_timestamp()`,
    [
      spec.dagId,
      spec.isPausedUponCreation ?? dag.pausedAtCreation,
      dag.file,
      version,
      spec.description,
      spec.tags,
      [...new Set(spec.tasks.map(({ owner }) => owner))].sort(),
      timetableSummary(spec.schedule),
      spec.maxActiveRuns,
      spec.maxActiveTasks,
      changed,
    ],
  );
}

/** As people write it. */
function timetableSummary(schedule: ScheduleSpec): string | null {
  if (schedule.kind === 'none') return null;
  if (schedule.kind === 'once') return '@once';
  return schedule.kind === 'cron' ? schedule.expression : `every ${schedule.seconds} seconds`;
}

async function insertVersion(tx: Queryable, dag: DagVersionToSave, version: number): Promise<void> {
  await tx.query(
    `insert into dag_version (dag_id, version, spec, spec_digest, bundle_digest, source)
     values ($1, $2, $3, $4, $5, $6)`,
    [dag.spec.dagId, version, JSON.stringify(dag.spec), dag.specDigest, dag.bundleDigest, dag.source],
  );
}
