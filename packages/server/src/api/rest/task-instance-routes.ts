import { GantryError } from '@gantry/sdk/model';
import { Type } from 'typebox';
import type { Queryable } from '../../store/database.ts';
import { listTaskInstances, readTaskInstance, type TaskInstanceRow } from '../../store/list-task-instances.ts';
import { dagAccessOf } from '../dag-access-of.ts';
import type { StoredCode } from '../execution/stored-code.ts';
import type { Routes } from '../routes.ts';
import { anyOr } from './any-or.ts';
import { batchPageOf, refuseNamed } from './batch-query.ts';
import { ErrorResponses } from './error-responses.ts';
import { pageOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';
import { requireRun } from './run-routes.ts';
import { TaskInstanceBody, TaskInstanceListBody, taskInstanceBody } from './task-instance-body.ts';
import {
  TaskInstanceBatchBody,
  TaskInstanceQuery,
  taskInstanceBatchFilterOf,
  taskInstanceFilterOf,
} from './task-instance-query.ts';
import { totalFields } from './total-fields.ts';

const RunParams = Type.Object({ dag_id: Type.String(), dag_run_id: Type.String() });
const InstanceParams = Type.Object({ ...RunParams.properties, task_id: Type.String() });

/** Task instances: list and get. */
export function taskInstanceRoutes(app: Routes, { database, code, options }: RestParts): void {
  const tags = ['TaskInstance'];
  const base = '/api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances';
  const listed = { 200: TaskInstanceListBody, ...ErrorResponses };
  const list = { tags, params: RunParams, querystring: TaskInstanceQuery, response: listed };
  app.get(base, { schema: list }, async (request) => {
    const { params, query } = request;
    const [dagId, runId] = [anyOr(params.dag_id), anyOr(params.dag_run_id)];
    if (dagId !== undefined && runId !== undefined) await requireRun(database, dagId, runId);
    const filter = { access: dagAccessOf(request, 'viewer'), dagId, runId, ...taskInstanceFilterOf(query) };
    const found = await listTaskInstances(database, filter, pageOf(query, options.maximumPageLimit));
    return { task_instances: await taskInstanceBodies(found.rows, code), ...totalFields(found) };
  });
  const batch = { tags, params: RunParams, body: TaskInstanceBatchBody, response: listed };
  app.post(`${base}/list`, { schema: batch }, async (request) => {
    refuseNamed('dag_id', request.params.dag_id);
    refuseNamed('dag_run_id', request.params.dag_run_id);
    const filter = { access: dagAccessOf(request, 'viewer'), ...taskInstanceBatchFilterOf(request.body) };
    const found = await listTaskInstances(database, filter, batchPageOf(request.body, options.maximumPageLimit));
    return { task_instances: await taskInstanceBodies(found.rows, code), ...totalFields(found) };
  });
  mappedRoute(app, { database, code, options });
  const response = { 200: TaskInstanceBody, ...ErrorResponses };
  app.get(`${base}/:task_id`, { schema: { tags, params: InstanceParams, response } }, async ({ params }) => {
    const row = await requireTaskInstance(database, params, -1);
    return (await taskInstanceBodies([row], code))[0]!;
  });
  const mapped = Type.Object({ ...InstanceParams.properties, map_index: Type.Integer() });
  app.get(`${base}/:task_id/:map_index`, { schema: { tags, params: mapped, response } }, async ({ params }) => {
    const row = await requireTaskInstance(database, params, params.map_index);
    return (await taskInstanceBodies([row], code))[0]!;
  });
}

/** The instances of one mapped task. */
function mappedRoute(app: Routes, { database, code, options }: Pick<RestParts, 'database' | 'code' | 'options'>): void {
  const response = { 200: TaskInstanceListBody, ...ErrorResponses };
  const schema = { tags: ['TaskInstance'], params: InstanceParams, querystring: TaskInstanceQuery, response };
  const path = '/api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/listMapped';
  app.get(path, { schema }, async (request) => {
    const { params, query } = request;
    const run = await requireRun(database, params.dag_id, params.dag_run_id);
    const spec = await code.spec({ dagId: run.dag_id, version: run.version, specDigest: run.spec_digest });
    if (!spec.tasks.some(({ taskId }) => taskId === params.task_id)) {
      throw new GantryError('not_found', `The run ${run.run_id} has no task ${params.task_id}.`);
    }
    const of = { dagId: run.dag_id, runId: run.run_id, taskIds: [params.task_id], isMapped: true };
    const filter = { ...taskInstanceFilterOf(query), ...of, access: dagAccessOf(request, 'viewer') };
    const found = await listTaskInstances(database, filter, pageOf(query, options.maximumPageLimit));
    return { task_instances: await taskInstanceBodies(found.rows, code), ...totalFields(found) };
  });
}

export async function taskInstanceBodies(rows: readonly TaskInstanceRow[], code: StoredCode) {
  return Promise.all(
    rows.map(async (row) => {
      const spec = await code.spec({ dagId: row.dag_id, version: row.version, specDigest: row.spec_digest });
      return taskInstanceBody(row, spec);
    }),
  );
}

/** Throws `not_found`. */
export async function requireTaskInstance(
  database: Queryable,
  of: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string },
  mapIndex: number,
): Promise<TaskInstanceRow> {
  const { dag_id: dagId, dag_run_id: runId, task_id: taskId } = of;
  const row = await readTaskInstance(database, { dagId, runId, taskId, mapIndex });
  if (row !== null) return row;
  const which = mapIndex < 0 ? taskId : `${taskId} of map index ${mapIndex}`;
  throw new GantryError('not_found', `The run ${runId} of the DAG ${dagId} has no task ${which} (yet).`);
}
