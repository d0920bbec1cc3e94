import { type DagSpec, GantryError, type RequestedTask, type TaskState } from '@gantry/sdk/model';
import type { Queryable } from '../../store/database.ts';
import { instancesOfRuns } from '../../store/instances-of-runs.ts';
import type { RunRow } from '../../store/list-runs.ts';
import type { TaskInstanceRow } from '../../store/list-task-instances.ts';
import type { StoredCode } from '../execution/stored-code.ts';

const MOST_INSTANCES = 20_000;

export interface InstanceChoice {
  /** Null: every task. */
  readonly tasks: readonly RequestedTask[] | null;
  readonly includeUpstream: boolean;
  readonly includeDownstream: boolean;
  readonly only: 'failed' | 'running' | null;
}

/** The task instances of runs that a request means. Throws `not_found` for a task that none of the runs has. */
export async function chooseInstances(
  { database, code }: { readonly database: Queryable; readonly code: StoredCode },
  runs: readonly RunRow[],
  choice: InstanceChoice,
): Promise<readonly TaskInstanceRow[]> {
  const runKeys = runs.map(({ run_key: runKey }) => runKey);
  const rows = await instancesOfRuns(database, runKeys, MOST_INSTANCES);
  if (rows.length > MOST_INSTANCES) {
    throw new GantryError(
      'bad_request',
      `The runs have more than ${MOST_INSTANCES} task instances, too many to change at once; choose fewer runs.`,
    );
  }
  const fitting = new Map<string, (row: TaskInstanceRow) => boolean>();
  const known = new Set<string>();
  const chosen: TaskInstanceRow[] = [];
  for (const row of rows) {
    known.add(row.task_id);
    let fits = fitting.get(row.spec_digest);
    if (fits === undefined) {
      fits = chooser(await code.spec({ dagId: row.dag_id, version: row.version, specDigest: row.spec_digest }), choice);
      fitting.set(row.spec_digest, fits);
    }
    if (fits(row) && isIn(row.state, choice.only)) chosen.push(row);
  }
  const missing = choice.tasks?.find(({ taskId }) => !known.has(taskId));
  if (missing === undefined || rows.length === 0) return chosen;
  throw new GantryError('not_found', `No task ${missing.taskId} is in the run${runs.length === 1 ? '' : 's'}.`);
}

function chooser(spec: DagSpec, { tasks, includeUpstream, includeDownstream }: InstanceChoice) {
  if (tasks === null) return () => true;
  const named = new Map<string, Set<number | null>>();
  for (const { taskId, mapIndex } of tasks) named.set(taskId, (named.get(taskId) ?? new Set()).add(mapIndex));
  const reached = new Set<string>();
  if (includeUpstream) reach(named.keys(), reached, aboveOf(spec));
  if (includeDownstream) reach(named.keys(), reached, belowOf(spec));
  return (row: TaskInstanceRow): boolean => {
    const indexes = named.get(row.task_id);
    return reached.has(row.task_id) || (indexes?.has(null) ?? false) || (indexes?.has(row.map_index) ?? false);
  };
}

function reach(from: Iterable<string>, reached: Set<string>, next: ReadonlyMap<string, readonly string[]>): void {
  const open = [...from];
  const seen = new Set(open);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const other of next.get(id) ?? []) {
      reached.add(other);
      if (seen.has(other)) continue;
      seen.add(other);
      open.push(other);
    }
  }
}

function aboveOf({ tasks }: DagSpec): ReadonlyMap<string, readonly string[]> {
  return new Map(tasks.map(({ taskId, upstream }) => [taskId, upstream]));
}

function belowOf({ tasks }: DagSpec): ReadonlyMap<string, readonly string[]> {
  const below = new Map<string, string[]>();
  for (const { taskId, upstream } of tasks) {
    for (const above of upstream) below.set(above, [...(below.get(above) ?? []), taskId]);
  }
  return below;
}

/** As the scheduler asks again when it applies the request. */
function isIn(state: TaskState, only: 'failed' | 'running' | null): boolean {
  if (only === 'failed') return state === 'failed' || state === 'upstream_failed';
  return only === null || state === 'running';
}
