import { GantryError, MARK_STATES, type MarkState, type RequestedTask, TASK_TRANSITIONS } from '@gantry/sdk/model';
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { TaskInstanceRow } from '../../store/list-task-instances.ts';
import { accountOf } from '../authentication.ts';
import { chooseInstances } from './choose-instances.ts';
import { chooseRuns } from './choose-runs.ts';
import { Note } from './note.ts';
import { nullable } from './nullable.ts';
import { instanceListBody, noteInstances, requestInstances } from './requested-instances.ts';
import type { RestParts } from './rest-parts.ts';

const flag = Type.Optional(Type.Boolean({ default: false }));

/** Fields of Airflow's PatchTaskInstanceBody. */
export const MarkFields = {
  new_state: Type.Optional(nullable(Type.Enum([...MARK_STATES]))),
  note: Type.Optional(Note),
  include_upstream: flag,
  include_downstream: flag,
  include_future: flag,
  include_past: flag,
};
export const MarkBody = Type.Object(MarkFields, { additionalProperties: false });
export type MarkBody = Static<typeof MarkBody>;

/** The tasks of a run that a request names. */
export interface MarkedPlace {
  readonly dagId: string;
  readonly runId: string;
  readonly tasks: readonly RequestedTask[];
}

/** The task instances that a mark would change, as they are. Throws as `chooseRuns` and `chooseInstances`. */
export async function instancesToMark(
  parts: RestParts,
  place: MarkedPlace,
  body: MarkBody,
): Promise<TaskInstanceRow[]> {
  const state = body.new_state ?? null;
  if (state === null) return [];
  return (await chosen(parts, place, body)).filter((row) => canBecome(row, state));
}

/**
 * Marks task instances and writes a note beside them; a running one is killed. Answers them in Airflow's shape. Throws
 * `conflict` when every one is in that state already, or cannot be.
 */
export async function markInstances(parts: RestParts, sender: FastifyRequest, place: MarkedPlace, body: MarkBody) {
  const requestedBy = accountOf(sender).username;
  const rows = await chosen(parts, place, body);
  if (body.note !== undefined) await noteInstances(sender, parts, rows, body.note);
  const state = body.new_state ?? null;
  if (state === null) return instanceListBody(parts, await chosen(parts, place, body));
  const changing = rows.filter((row) => canBecome(row, state));
  if (changing.length > 0) {
    return requestInstances(sender, 'patch_task_instance', parts, changing, (tasks) => ({
      kind: 'mark_tasks',
      tasks,
      state,
      requestedBy,
    }));
  }
  const names = place.tasks.map(({ taskId }) => taskId).join(', ');
  throw new GantryError('conflict', `Task ${names} of run ${place.runId} is ${state} already.`);
}

async function chosen(parts: RestParts, { dagId, runId, tasks }: MarkedPlace, body: MarkBody) {
  const runs = await chooseRuns(parts.database, {
    dagId,
    runId,
    includePast: body.include_past ?? false,
    includeFuture: body.include_future ?? false,
    startDate: null,
    endDate: null,
  });
  return chooseInstances(parts, runs, {
    tasks,
    includeUpstream: body.include_upstream ?? false,
    includeDownstream: body.include_downstream ?? false,
    only: null,
  });
}

function canBecome({ state }: TaskInstanceRow, wanted: MarkState): boolean {
  return (TASK_TRANSITIONS[state] as readonly string[]).includes(wanted);
}
