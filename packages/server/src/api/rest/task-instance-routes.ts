import { GantryError, TASK_STATES } from '@gantry/sdk/model';
import { Type } from 'typebox';
import type { Queryable } from '../../store/database.ts';
import {
  listTaskInstances,
  readTaskInstance,
  TASK_INSTANCE_RANGES,
  type TaskInstanceRow,
} from '../../store/list-task-instances.ts';
import { dagAccessOf } from '../dag-access-of.ts';
import type { StoredCode } from '../execution/stored-code.ts';
import type { Routes } from '../routes.ts';
import { anyOr } from './any-or.ts';
import { ErrorResponses } from './error-responses.ts';
import { PageFields, pageOf, rangeFields, rangesOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';
import { requireRun } from './run-routes.ts';
import { TaskInstanceBody, TaskInstanceListBody, taskInstanceBody } from './task-instance-body.ts';

const RANGED = Object.keys(TASK_INSTANCE_RANGES);
const RunParams = Type.Object({ dag_id: Type.String(), dag_run_id: Type.String() });
const InstanceParams = Type.Object({ ...RunParams.properties, task_id: Type.String() });
const texts = Type.Optional(Type.Array(Type.String(), { maxItems: 1000 }));

const ListQuery = Type.Object(
  {
    ...PageFields,
    ...rangeFields(RANGED),
    task_id: texts,
    map_index: Type.Optional(Type.Integer()),
    state: Type.Optional(Type.Array(Type.Enum([...TASK_STATES]))),
    executor: texts,
  },
  { additionalProperties: false },
);

/** Task instances: list and get. */
export function taskInstanceRoutes(app: Routes, { database, code, options }: RestParts): void {
  const tags = ['TaskInstance'];
  const base = '/api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances';
  const list = {
    tags,
    params: RunParams,
    querystring: ListQuery,
    response: { 200: TaskInstanceListBody, ...ErrorResponses },
  };
  app.get(base, { schema: list }, async (request) => {
    const { params, query } = request;
    const [dagId, runId] = [anyOr(params.dag_id), anyOr(params.dag_run_id)];
    if (dagId !== undefined && runId !== undefined) await requireRun(database, dagId, runId);
    const filter = {
      access: dagAccessOf(request, 'viewer'),
      dagId,
      runId,
      taskIds: query.task_id,
      mapIndex: query.map_index,
      states: query.state,
      executors: query.executor,
      ranges: rangesOf(query, RANGED),
    };
    const { rows, total } = await listTaskInstances(database, filter, pageOf(query, options.maximumPageLimit));
    return { task_instances: await taskInstanceBodies(rows, code), total_entries: total };
  });
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
