import { GantryError, RUN_STATES } from '@gantry/sdk/model';
import { Type } from 'typebox';
import type { Database, Queryable } from '../../store/database.ts';
import { DAG_PATTERNS, DAG_RUN_RANGES, type DagRow, listDags, readDag } from '../../store/list-dags.ts';
import { pauseDag } from '../../store/pause-dag.ts';
import { audited } from '../audit/audited.ts';
import { dagAccessOf } from '../dag-access-of.ts';
import type { StoredCode } from '../execution/stored-code.ts';
import type { Routes } from '../routes.ts';
import { DagBody, DagDetailsBody, DagListBody, dagBody, dagDetailsBody } from './dag-body.ts';
import { ErrorResponses } from './error-responses.ts';
import { PageFields, pageOf, patternFields, patternsOf, rangeFields, rangesOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';

const Params = Type.Object({ dag_id: Type.String() });
const closed = { additionalProperties: false };
const texts = Type.Optional(Type.Array(Type.String(), { maxItems: 1000 }));

const PATTERNED = Object.keys(DAG_PATTERNS);

const ListQuery = Type.Object(
  {
    ...PageFields,
    ...patternFields(PATTERNED),
    ...rangeFields(DAG_RUN_RANGES),
    tags: texts,
    tags_match_mode: Type.Optional(Type.Enum(['any', 'all'])),
    owners: texts,
    paused: Type.Optional(Type.Boolean()),
    exclude_stale: Type.Optional(Type.Boolean({ default: true })),
    has_import_errors: Type.Optional(Type.Boolean()),
    last_dag_run_state: Type.Optional(Type.Enum([...RUN_STATES])),
    dag_run_state: Type.Optional(Type.Array(Type.Enum([...RUN_STATES]))),
  },
  closed,
);

/** DAGs: list, get, details, pause. */
export function dagRoutes(app: Routes, { database, code, options }: RestParts): void {
  const tags = ['DAG'];
  app.get(
    '/api/v2/dags',
    { schema: { tags, querystring: ListQuery, response: { 200: DagListBody, ...ErrorResponses } } },
    async (request) => {
      const { query } = request;
      const filter = {
        access: dagAccessOf(request, 'viewer'),
        patterns: patternsOf(query, PATTERNED),
        tags: query.tags,
        allTags: query.tags_match_mode === 'all',
        owners: query.owners,
        paused: query.paused,
        excludeStale: query.exclude_stale ?? true,
        hasImportErrors: query.has_import_errors,
        lastRunState: query.last_dag_run_state,
        runStates: query.dag_run_state,
        runRanges: rangesOf(query, DAG_RUN_RANGES),
      };
      const { rows, total } = await listDags(database, filter, pageOf(query, options.maximumPageLimit));
      const dags = await Promise.all(rows.map(async (row) => dagBody(row, await code.spec(specOf(row)))));
      return { dags, total_entries: total };
    },
  );
  const one = { tags, params: Params };
  app.get(
    '/api/v2/dags/:dag_id',
    { schema: { ...one, response: { 200: DagBody, ...ErrorResponses } } },
    async ({ params }) => {
      const { row, spec } = await requireDag(database, code, params.dag_id);
      return dagBody(row, spec);
    },
  );
  app.get(
    '/api/v2/dags/:dag_id/details',
    { schema: { ...one, response: { 200: DagDetailsBody, ...ErrorResponses } } },
    async ({ params }) => {
      const { row, spec } = await requireDag(database, code, params.dag_id);
      return dagDetailsBody(row, spec);
    },
  );
  pauseRoute(app, database, code);
}

function pauseRoute(app: Routes, database: Database, code: StoredCode): void {
  const body = Type.Object({ is_paused: Type.Boolean() }, closed);
  const querystring = Type.Object({ update_mask: Type.Optional(Type.Array(Type.Enum(['is_paused']))) }, closed);
  const schema = { tags: ['DAG'], params: Params, querystring, body, response: { 200: DagBody, ...ErrorResponses } };
  app.patch('/api/v2/dags/:dag_id', { schema }, async (request) => {
    const { dag_id: dagId } = request.params;
    const { is_paused: isPaused } = request.body;
    await audited(request, database, async (tx, note) => {
      const wasPaused = await pauseDag(tx, dagId, isPaused);
      if (wasPaused === null) throw noDag(dagId);
      note({ event: 'patch_dag', dagId, before: { is_paused: wasPaused }, after: { is_paused: isPaused } });
    });
    const { row, spec } = await requireDag(database, code, dagId);
    return dagBody(row, spec);
  });
}

/** A DAG with the spec of its newest version. Throws `not_found`. */
export async function requireDag(database: Queryable, code: StoredCode, dagId: string) {
  const row = await readDag(database, dagId);
  if (row === null) throw noDag(dagId);
  return { row, spec: await code.spec(specOf(row)) };
}

function specOf(row: DagRow) {
  return { dagId: row.dag_id, version: row.current_version, specDigest: row.spec_digest };
}

function noDag(dagId: string): GantryError {
  return new GantryError('not_found', `There is no DAG ${dagId}.`);
}
