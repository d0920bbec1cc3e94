import { Type } from 'typebox';
import type { Routes } from '../routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { instancesToMark, MarkBody, type MarkedPlace, markInstances } from './mark-instances.ts';
import { instanceListBody } from './requested-instances.ts';
import type { RestParts } from './rest-parts.ts';
import { TaskInstanceListBody } from './task-instance-body.ts';
import { requireTaskInstance } from './task-instance-routes.ts';
import { masked } from './update-mask.ts';

const MaskFields = { update_mask: Type.Optional(Type.Array(Type.Enum(['new_state', 'note']))) };
const Query = Type.Object({ ...MaskFields, map_index: Type.Optional(Type.Integer()) }, { additionalProperties: false });
const Params = Type.Object({ dag_id: Type.String(), dag_run_id: Type.String(), task_id: Type.String() });
const MappedParams = Type.Object({ ...Params.properties, map_index: Type.Integer() });
const MappedQuery = Type.Object(MaskFields, { additionalProperties: false });

interface Named {
  readonly dag_id: string;
  readonly dag_run_id: string;
  readonly task_id: string;
}

/** PATCH a task instance: marks it, and others beside it, or notes it. A running one is killed. `/dry_run` only shows which. */
export function patchTaskInstanceRoute(app: Routes, parts: RestParts): void {
  const base = '/api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id';
  const tags = ['TaskInstance'];
  const response = { 200: TaskInstanceListBody, ...ErrorResponses };
  const all = { tags, params: Params, querystring: Query, body: MarkBody, response };
  const one = { tags, params: MappedParams, querystring: MappedQuery, body: MarkBody, response };
  app.patch(base, { schema: all }, async (request) => {
    const { params, query, body } = request;
    const place = await placeOf(parts, params, query.map_index ?? null);
    return markInstances(parts, request, place, masked(body, query.update_mask));
  });
  app.patch(`${base}/:map_index`, { schema: one }, async (request) => {
    const { params, query, body } = request;
    const place = await placeOf(parts, params, params.map_index);
    return markInstances(parts, request, place, masked(body, query.update_mask));
  });
  app.patch(`${base}/dry_run`, { schema: all }, async ({ params, query, body }) => {
    const place = await placeOf(parts, params, query.map_index ?? null);
    return instanceListBody(parts, await instancesToMark(parts, place, body));
  });
  app.patch(`${base}/:map_index/dry_run`, { schema: one }, async ({ params, body }) => {
    const place = await placeOf(parts, params, params.map_index);
    return instanceListBody(parts, await instancesToMark(parts, place, body));
  });
}

async function placeOf(parts: RestParts, named: Named, mapIndex: number | null): Promise<MarkedPlace> {
  await requireTaskInstance(parts.database, named, mapIndex ?? -1);
  return { dagId: named.dag_id, runId: named.dag_run_id, tasks: [{ taskId: named.task_id, mapIndex }] };
}
