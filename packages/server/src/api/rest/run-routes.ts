import { GantryError, RUN_STATES, RUN_TYPES } from '@gantry/sdk/model';
import { Type } from 'typebox';
import type { Queryable } from '../../store/database.ts';
import { listRuns, RUN_RANGES, type RunRow, readRun } from '../../store/list-runs.ts';
import { dagAccessOf } from '../dag-access-of.ts';
import type { Routes } from '../routes.ts';
import { anyOr } from './any-or.ts';
import { requireDag } from './dag-routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { PageFields, pageOf, rangeFields, rangesOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';
import { RunBody, RunListBody, runBody } from './run-body.ts';

const Params = Type.Object({ dag_id: Type.String() });
const RunParams = Type.Object({ dag_id: Type.String(), dag_run_id: Type.String() });
const RANGED = Object.keys(RUN_RANGES);

const ListQuery = Type.Object(
  {
    ...PageFields,
    ...rangeFields(RANGED),
    state: Type.Optional(Type.Array(Type.Enum([...RUN_STATES]))),
    run_type: Type.Optional(Type.Array(Type.Enum([...RUN_TYPES]))),
    run_id_pattern: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

/** Runs: list and get. */
export function runRoutes(app: Routes, { database, code, options }: RestParts): void {
  const tags = ['DagRun'];
  const list = { tags, params: Params, querystring: ListQuery, response: { 200: RunListBody, ...ErrorResponses } };
  app.get('/api/v2/dags/:dag_id/dagRuns', { schema: list }, async (request) => {
    const { params, query } = request;
    const dagId = anyOr(params.dag_id);
    if (dagId !== undefined) await requireDag(database, code, dagId);
    const filter = {
      access: dagAccessOf(request, 'viewer'),
      dagId,
      states: query.state,
      runTypes: query.run_type,
      runIdPattern: query.run_id_pattern,
      ranges: rangesOf(query, RANGED),
    };
    const { rows, total } = await listRuns(database, filter, pageOf(query, options.maximumPageLimit));
    return { dag_runs: rows.map(runBody), total_entries: total };
  });
  const one = { tags, params: RunParams, response: { 200: RunBody, ...ErrorResponses } };
  app.get('/api/v2/dags/:dag_id/dagRuns/:dag_run_id', { schema: one }, async ({ params }) =>
    runBody(await requireRun(database, params.dag_id, params.dag_run_id)),
  );
}

/** Throws `not_found`. */
export async function requireRun(database: Queryable, dagId: string, runId: string): Promise<RunRow> {
  const row = await readRun(database, dagId, runId);
  if (row === null) throw new GantryError('not_found', `The DAG ${dagId} has no run ${runId}.`);
  return row;
}
