import { GantryError } from '@gantry/sdk/model';
import { Type } from 'typebox';
import { listDagVersions, readDagSource, readDagVersion } from '../../store/list-dag-versions.ts';
import type { Routes } from '../routes.ts';
import { DagVersionBody, dagVersionBody } from './dag-version-body.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableInteger, NullableText } from './nullable.ts';
import { PageFields, pageOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';

const tags = ['DagVersion'];
const Version = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 });
const Params = Type.Object({ dag_id: Type.String() });
const OneParams = Type.Object({ dag_id: Type.String(), version_number: Version });
const ListBody = Type.Object({ dag_versions: Type.Array(DagVersionBody), total_entries: Type.Integer() });
const closed = { additionalProperties: false };
const SourceBody = Type.Object({
  content: NullableText,
  dag_id: Type.String(),
  version_number: NullableInteger,
  dag_display_name: Type.String(),
});

/** The versions of a DAG, and the text of its file in each. */
export function dagVersionRoutes(app: Routes, { database, options }: RestParts): void {
  const list = { tags, params: Params, querystring: Type.Object(PageFields, closed) };
  app.get(
    '/api/v2/dags/:dag_id/dagVersions',
    { schema: { ...list, response: { 200: ListBody, ...ErrorResponses } } },
    async ({ params, query }) => {
      const { rows, total } = await listDagVersions(database, params.dag_id, pageOf(query, options.maximumPageLimit));
      const versions = rows.map((row) => dagVersionBody(row.dag_id, row.version, row.created_at));
      return { dag_versions: versions, total_entries: total };
    },
  );
  const one = { tags, params: OneParams, response: { 200: DagVersionBody, ...ErrorResponses } };
  app.get('/api/v2/dags/:dag_id/dagVersions/:version_number', { schema: one }, async ({ params }) => {
    const { dag_id: dagId, version_number: version } = params;
    const row = found(await readDagVersion(database, dagId, version), dagId, version);
    return dagVersionBody(row.dag_id, row.version, row.created_at);
  });
  const querystring = Type.Object({ version_number: Type.Optional(Version) }, closed);
  const source = { tags: ['DagSource'], params: Params, querystring, response: { 200: SourceBody, ...ErrorResponses } };
  app.get('/api/v2/dagSources/:dag_id', { schema: source }, async ({ params, query, headers }, reply) => {
    const version = query.version_number ?? null;
    const row = found(await readDagSource(database, params.dag_id, version), params.dag_id, version);
    if (headers.accept?.startsWith('text/plain')) {
      // The description names JSON only; a text is written out as it is.
      return reply
        .type('text/plain; charset=utf-8')
        .serializer(String)
        .send(row.source as never);
    }
    const { dag_id: dagId } = row;
    return { content: row.source, dag_id: dagId, version_number: row.version, dag_display_name: dagId };
  });
}

function found<Row>(row: Row | null, dagId: string, version: number | null): Row {
  if (row !== null) return row;
  throw new GantryError(
    'not_found',
    `There is no${version === null ? '' : ` version ${version} of the`} DAG ${dagId}.`,
  );
}
