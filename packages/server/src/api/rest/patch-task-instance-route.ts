import { GantryError, MARK_STATES, type MarkState, TASK_TRANSITIONS } from '@gantry/sdk/model';
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { accountOf } from '../authentication.ts';
import type { Routes } from '../routes.ts';
import { chooseInstances } from './choose-instances.ts';
import { chooseRuns } from './choose-runs.ts';
import { ErrorResponses } from './error-responses.ts';
import { instanceListBody, requestInstances } from './requested-instances.ts';
import type { RestParts } from './rest-parts.ts';
import { TaskInstanceListBody } from './task-instance-body.ts';
import { requireTaskInstance } from './task-instance-routes.ts';

const closed = { additionalProperties: false };
const flag = Type.Optional(Type.Boolean({ default: false }));
const PatchBody = Type.Object(
  {
    new_state: Type.Enum([...MARK_STATES]),
    include_upstream: flag,
    include_downstream: flag,
    include_future: flag,
    include_past: flag,
  },
  closed,
);
const Query = Type.Object({ update_mask: Type.Optional(Type.Array(Type.Enum(['new_state']))) }, closed);
const Params = Type.Object({ dag_id: Type.String(), dag_run_id: Type.String(), task_id: Type.String() });
const MappedParams = Type.Object({ ...Params.properties, map_index: Type.Integer() });

interface Place {
  readonly dag_id: string;
  readonly dag_run_id: string;
  readonly task_id: string;
}

/** PATCH a task instance: marks it, and others beside it. A running one is killed. `/dry_run` only shows which. */
export function patchTaskInstanceRoute(app: Routes, parts: RestParts): void {
  const base = '/api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id';
  const tags = ['TaskInstance'];
  const response = { 200: TaskInstanceListBody, ...ErrorResponses };
  const all = { tags, params: Params, querystring: Query, body: PatchBody, response };
  const one = { tags, params: MappedParams, querystring: Query, body: PatchBody, response };
  app.patch(base, { schema: all }, async (request) => mark(parts, request, request.params, null, request.body));
  app.patch(`${base}/:map_index`, { schema: one }, async (request) =>
    mark(parts, request, request.params, request.params.map_index, request.body),
  );
  app.patch(`${base}/dry_run`, { schema: all }, async ({ params, body }) =>
    instanceListBody(parts, await changed(parts, params, null, body)),
  );
  app.patch(`${base}/:map_index/dry_run`, { schema: one }, async ({ params, body }) =>
    instanceListBody(parts, await changed(parts, params, params.map_index, body)),
  );
}

async function mark(
  parts: RestParts,
  sender: FastifyRequest,
  place: Place,
  mapIndex: number | null,
  body: Static<typeof PatchBody>,
) {
  const state = body.new_state;
  const requestedBy = accountOf(sender).username;
  const rows = await changed(parts, place, mapIndex, body);
  if (rows.length === 0)
    throw new GantryError('conflict', `Task ${place.task_id} of run ${place.dag_run_id} is ${state} already.`);
  return requestInstances(sender, 'patch_task_instance', parts, rows, (tasks) => ({
    kind: 'mark_tasks',
    tasks,
    state,
    requestedBy,
  }));
}

async function changed(parts: RestParts, place: Place, mapIndex: number | null, body: Static<typeof PatchBody>) {
  await requireTaskInstance(parts.database, place, mapIndex ?? -1);
  const runs = await chooseRuns(parts.database, {
    dagId: place.dag_id,
    runId: place.dag_run_id,
    includePast: body.include_past ?? false,
    includeFuture: body.include_future ?? false,
    startDate: null,
    endDate: null,
  });
  const rows = await chooseInstances(parts, runs, {
    tasks: [{ taskId: place.task_id, mapIndex }],
    includeUpstream: body.include_upstream ?? false,
    includeDownstream: body.include_downstream ?? false,
    only: null,
  });
  return rows.filter(({ state }) =>
    (TASK_TRANSITIONS[state] as readonly string[]).includes(body.new_state satisfies MarkState),
  );
}
