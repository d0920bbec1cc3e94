import { GantryError, type Json } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import { ALL_DAGS } from '../../store/dag-access.ts';
import { listXcoms, readXcom, XCOM_PATTERNS, XCOM_RANGES, type XcomRow } from '../../store/list-xcoms.ts';
import { dagAccessOf } from '../dag-access-of.ts';
import type { Routes } from '../routes.ts';
import { anyOr } from './any-or.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableText } from './nullable.ts';
import { PageFields, pageOf, patternFields, patternsOf, rangeFields, rangesOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';

const Params = Type.Object({ dag_id: Type.String(), dag_run_id: Type.String(), task_id: Type.String() });

const XcomBody = Type.Object({
  key: Type.String(),
  timestamp: Type.String(),
  logical_date: NullableText,
  run_after: Type.String(),
  map_index: Type.Integer(),
  task_id: Type.String(),
  task_display_name: Type.String(),
  dag_id: Type.String(),
  dag_display_name: Type.String(),
  run_id: Type.String(),
});

const XcomListBody = Type.Object({ xcom_entries: Type.Array(XcomBody), total_entries: Type.Integer() });
const XcomValueBody = Type.Object({ ...XcomBody.properties, value: Type.Unsafe<Json>({}) });
const mapIndex = Type.Optional(Type.Integer());
const PATTERNED = Object.keys(XCOM_PATTERNS);
const RANGED = Object.keys(XCOM_RANGES);
const ListQuery = Type.Object(
  {
    ...PageFields,
    ...patternFields(PATTERNED),
    ...rangeFields(RANGED),
    xcom_key: Type.Optional(Type.String()),
    map_index: mapIndex,
    map_index_filter: mapIndex,
  },
  { additionalProperties: false },
);
const ValueQuery = Type.Object(
  {
    map_index: mapIndex,
    deserialize: Type.Optional(
      Type.Boolean({ description: 'Taken for the sake of Airflow’s clients; values are JSON.' }),
    ),
    stringify: Type.Optional(Type.Boolean({ description: 'True answers the value as a text of JSON.' })),
  },
  { additionalProperties: false },
);

/** What tasks left for others: list and get. */
export function xcomRoutes(app: Routes, { database, options }: RestParts): void {
  const tags = ['XCom'];
  const base = '/api/v2/dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/xcomEntries';
  const list = { tags, params: Params, querystring: ListQuery, response: { 200: XcomListBody, ...ErrorResponses } };
  app.get(base, { schema: list }, async (request) => {
    const { params, query } = request;
    const filter = {
      access: dagAccessOf(request, 'viewer'),
      dagId: anyOr(params.dag_id),
      runId: anyOr(params.dag_run_id),
      taskId: anyOr(params.task_id),
      key: query.xcom_key,
      mapIndex: query.map_index ?? query.map_index_filter,
      patterns: patternsOf(query, PATTERNED),
      ranges: rangesOf(query, RANGED),
    };
    const { rows, total } = await listXcoms(database, filter, pageOf(query, options.maximumPageLimit));
    return { xcom_entries: rows.map(xcomBody), total_entries: total };
  });
  const params = Type.Object({ ...Params.properties, xcom_key: Type.String() });
  const one = { tags, params, querystring: ValueQuery, response: { 200: XcomValueBody, ...ErrorResponses } };
  app.get(`${base}/:xcom_key`, { schema: one }, async ({ params: of, query }) => {
    const row = await readXcom(database, {
      access: ALL_DAGS,
      dagId: of.dag_id,
      runId: of.dag_run_id,
      taskId: of.task_id,
      key: of.xcom_key,
      mapIndex: query.map_index ?? -1,
    });
    if (row === null) {
      throw new GantryError(
        'not_found',
        `The task ${of.task_id} has no XCom ${JSON.stringify(of.xcom_key)} in the run ${of.dag_run_id}.`,
      );
    }
    return { ...xcomBody(row), value: query.stringify ? JSON.stringify(row.value) : row.value };
  });
}

function xcomBody(row: XcomRow): Static<typeof XcomBody> {
  return { ...row, task_display_name: row.task_id, dag_display_name: row.dag_id };
}
