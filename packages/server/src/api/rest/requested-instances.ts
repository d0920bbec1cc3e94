import type { JsonObject, RequestedTask, RequestFact } from '@gantry/sdk/model';
import type { FastifyRequest } from 'fastify';
import { changeInstanceNotes } from '../../store/change-notes.ts';
import { insertRequests } from '../../store/insert-request.ts';
import { instancesOfRuns } from '../../store/instances-of-runs.ts';
import type { TaskInstanceRow } from '../../store/list-task-instances.ts';
import type { AuditChange } from '../../store/record-audit.ts';
import { audited } from '../audit/audited.ts';
import { type Asked, untilApplied } from './ask-scheduler.ts';
import { requireStorableNote } from './note.ts';
import type { RestParts } from './rest-parts.ts';
import { taskInstanceBodies } from './task-instance-routes.ts';

/** How many tasks of a run the audit log names. */
const MOST_NAMED = 100;

/** Sends one request a run for the chosen instances, and tells the audit log; answers them as they are when it was applied, in Airflow's shape. */
export async function requestInstances(
  sender: FastifyRequest,
  event: string,
  parts: RestParts,
  rows: readonly TaskInstanceRow[],
  requestOf: (tasks: readonly RequestedTask[]) => RequestFact,
) {
  const tasksOf = new Map<number, RequestedTask[]>();
  const runs = new Map<number, TaskInstanceRow>();
  for (const row of rows) {
    const tasks = tasksOf.get(row.run_key) ?? [];
    tasks.push({ taskId: row.task_id, mapIndex: row.map_index });
    tasksOf.set(row.run_key, tasks);
    runs.set(row.run_key, row);
  }
  const asked: Asked[] = [...tasksOf].map(([runKey, tasks]) => ({ runKey, request: requestOf(tasks) }));
  const factIds = await audited(sender, parts.database, async (tx, note) => {
    for (const { runKey, request } of asked) note(changeOf(event, runs.get(runKey)!, tasksOf.get(runKey)!, request));
    return insertRequests(tx, asked);
  });
  await untilApplied(parts, factIds, parts.options.requestWaitMilliseconds);
  const ids = new Set(rows.map(({ id }) => id));
  const now = await instancesOfRuns(parts.database, [...tasksOf.keys()], Number.MAX_SAFE_INTEGER - 1);
  return instanceListBody(
    parts,
    now.filter(({ id }) => ids.has(id)),
  );
}

function changeOf(
  event: string,
  { dag_id: dagId, run_id: runId, state, task_id: taskId, map_index: mapIndex }: TaskInstanceRow,
  tasks: readonly RequestedTask[],
  { requestedBy: _, ...request }: RequestFact,
): AuditChange {
  const after = { ...request, tasks: tasks.slice(0, MOST_NAMED), task_count: tasks.length } as unknown as JsonObject;
  if (tasks.length > 1) return { event, dagId, runId, after };
  return { event, dagId, runId, taskId, mapIndex, before: { state }, after };
}

/** Writes a note beside task instances. Throws `invalid` for one that cannot be stored. */
export async function noteInstances(
  sender: FastifyRequest,
  { database }: RestParts,
  rows: readonly TaskInstanceRow[],
  note: string | null,
): Promise<void> {
  requireStorableNote(note);
  await audited(sender, database, async (tx, record) => {
    await changeInstanceNotes(tx, rows, note);
    for (const row of rows.slice(0, MOST_NAMED)) {
      const { dag_id: dagId, run_id: runId, task_id: taskId, map_index: mapIndex } = row;
      const before = { note: row.note };
      record({ event: 'patch_task_instance', dagId, runId, taskId, mapIndex, before, after: { note } });
    }
  });
}

export async function instanceListBody({ code }: RestParts, rows: readonly TaskInstanceRow[]) {
  return { task_instances: await taskInstanceBodies(rows, code), total_entries: rows.length };
}
