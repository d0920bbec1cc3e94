import { GantryError } from '@gantry/sdk/model';
import { Type } from 'typebox';
import type { Queryable } from '../../store/database.ts';
import { listRuns, type RunRow, readRun } from '../../store/list-runs.ts';
import { dagAccessOf } from '../dag-access-of.ts';
import type { Routes } from '../routes.ts';
import { anyOr } from './any-or.ts';
import { batchPageOf, refuseNamed } from './batch-query.ts';
import { requireDag } from './dag-routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { pageOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';
import { RunBody, RunListBody, runBody } from './run-body.ts';
import { RunBatchBody, RunQuery, runBatchFilterOf, runFilterOf } from './run-query.ts';
import { totalFields } from './total-fields.ts';

const Params = Type.Object({ dag_id: Type.String() });
const RunParams = Type.Object({ dag_id: Type.String(), dag_run_id: Type.String() });

/** Runs: list, list by a body, and get. */
export function runRoutes(app: Routes, { database, code, options }: RestParts): void {
  const tags = ['DagRun'];
  const response = { 200: RunListBody, ...ErrorResponses };
  const list = { tags, params: Params, querystring: RunQuery, response };
  app.get('/api/v2/dags/:dag_id/dagRuns', { schema: list }, async (request) => {
    const { params, query } = request;
    const dagId = anyOr(params.dag_id);
    if (dagId !== undefined) await requireDag(database, code, dagId);
    const filter = { access: dagAccessOf(request, 'viewer'), dagId, ...runFilterOf(query) };
    const listed = await listRuns(database, filter, pageOf(query, options.maximumPageLimit));
    return { dag_runs: listed.rows.map(runBody), ...totalFields(listed) };
  });
  const batch = { tags, params: Params, body: RunBatchBody, response };
  app.post('/api/v2/dags/:dag_id/dagRuns/list', { schema: batch }, async (request) => {
    refuseNamed('dag_id', request.params.dag_id);
    const filter = { access: dagAccessOf(request, 'viewer'), ...runBatchFilterOf(request.body) };
    const listed = await listRuns(database, filter, batchPageOf(request.body, options.maximumPageLimit));
    return { dag_runs: listed.rows.map(runBody), ...totalFields(listed) };
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
