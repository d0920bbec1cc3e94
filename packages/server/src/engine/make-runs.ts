import { type DagSpec, runIdFor } from '@gantry/sdk/model';
import { nextRun } from '../plan/timetable/next-run.ts';
import type { PlannedRun } from '../plan/timetable/planned-run.ts';
import type { Database, Queryable } from '../store/database.ts';
import { databaseFailure, isContentRefused } from '../store/database-failure.ts';
import { createScheduledRun, type DueDag, lockDueDags, type RunTimes, saveNextRun } from '../store/scheduled-runs.ts';
import type { EngineEvents } from './engine-events.ts';

const DAGS_PER_TURN = 100;

/**
 * Makes the runs that are due and stores when each DAG runs next, in one transaction. One run a DAG and turn, as in
 * Airflow: a long catch-up never holds the others up. A DAG whose schedule cannot be understood, or whose run the database
 * refuses, is set aside and told; it comes back with its next version. Answers how many DAGs were looked at.
 */
export async function makeRuns(database: Database, now: number, events: Partial<EngineEvents>): Promise<number> {
  const dagIds: string[] = [];
  try {
    return await database.transaction(async (tx) => {
      const due = await lockDueDags(tx, DAGS_PER_TURN, null);
      dagIds.splice(0, Number.POSITIVE_INFINITY, ...due.map((dag) => dag.dagId));
      for (const dag of due) await makeRun(tx, dag, now, events);
      return due.length;
    });
  } catch (error) {
    if (!isContentRefused(databaseFailure(error)) || dagIds.length === 0) throw error;
    for (const dagId of dagIds) await makeRunApart(database, dagId, now, events);
    return dagIds.length;
  }
}

async function makeRunApart(
  database: Database,
  dagId: string,
  now: number,
  events: Partial<EngineEvents>,
): Promise<void> {
  try {
    await database.transaction(async (tx) => {
      for (const dag of await lockDueDags(tx, 1, dagId)) await makeRun(tx, dag, now, events);
    });
  } catch (error) {
    if (!isContentRefused(databaseFailure(error))) throw error;
    await giveUpSchedule(database, dagId, error, events);
  }
}

async function giveUpSchedule(
  db: Queryable,
  dagId: string,
  error: unknown,
  events: Partial<EngineEvents>,
): Promise<void> {
  events.trouble?.({ what: `The schedule of DAG ${dagId} cannot be followed; it makes no runs.`, error });
  await saveNextRun(db, dagId, null);
}

async function makeRun(tx: Queryable, dag: DueDag, now: number, events: Partial<EngineEvents>): Promise<void> {
  let made: PlannedRun | null;
  let next: PlannedRun | null;
  try {
    made = dag.isPaused || dag.scheduleChanged ? null : dueRun(dag, now);
    next = planned(dag.spec, made ?? dag.lastRun, now);
  } catch (error) {
    await giveUpSchedule(tx, dag.dagId, error, events);
    return;
  }
  if (made !== null) {
    const runId = runIdFor('scheduled', made.logicalDate);
    await createScheduledRun(tx, { ...times(made), dagId: dag.dagId, version: dag.version, runId });
  }
  await saveNextRun(tx, dag.dagId, next === null ? null : times(next));
}

/** The stored next run when its time has come; without catch-up the newest one that has come by now. */
function dueRun(dag: DueDag, now: number): PlannedRun | null {
  const stored = dag.nextRun;
  if (stored === null || stored.runAfter > now) return null;
  const newest = dag.spec.catchup ? null : planned(dag.spec, dag.lastRun, now);
  return newest !== null && newest.runAfter <= now && newest.runAfter > stored.runAfter ? newest : stored;
}

function planned(spec: DagSpec, lastRun: Omit<PlannedRun, 'runAfter'> | null, now: number): PlannedRun | null {
  return nextRun(spec.schedule, {
    startDate: spec.startDate === null ? null : Date.parse(spec.startDate),
    endDate: spec.endDate === null ? null : Date.parse(spec.endDate),
    catchup: spec.catchup,
    lastRun,
    now,
  });
}

function times(run: PlannedRun): RunTimes {
  const text = (time: number): string => new Date(time).toISOString();
  return {
    logicalDate: text(run.logicalDate),
    intervalStart: text(run.intervalStart),
    intervalEnd: text(run.intervalEnd),
    runAfter: text(run.runAfter),
  };
}
