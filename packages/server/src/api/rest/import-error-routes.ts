import { GantryError } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import { type ImportErrorRow, listImportErrors, readImportError } from '../../store/list-import-errors.ts';
import { dagAccessOf } from '../dag-access-of.ts';
import type { Routes } from '../routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableInteger, NullableText } from './nullable.ts';
import { PageFields, pageOf, patternFields, patternsOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';

const ImportErrorBody = Type.Object({
  import_error_id: Type.Integer(),
  timestamp: Type.String(),
  filename: Type.String(),
  bundle_name: NullableText,
  stack_trace: Type.String({ description: 'One sentence, and below it what the file printed, if anything.' }),
  line: NullableInteger,
  position: NullableInteger,
});

const ListBody = Type.Object({ import_errors: Type.Array(ImportErrorBody), total_entries: Type.Integer() });
const ListQuery = Type.Object(
  { ...PageFields, ...patternFields(['filename']), filename: Type.Optional(Type.String()) },
  { additionalProperties: false },
);
const Params = Type.Object({ import_error_id: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) });

/** Why DAG files could not be used. */
export function importErrorRoutes(app: Routes, { database, options }: RestParts): void {
  const tags = ['Import Error'];
  app.get(
    '/api/v2/importErrors',
    { schema: { tags, querystring: ListQuery, response: { 200: ListBody, ...ErrorResponses } } },
    async (request) => {
      const { query } = request;
      const filter = {
        access: dagAccessOf(request, 'viewer'),
        file: query.filename,
        patterns: patternsOf(query, ['filename']),
      };
      const page = pageOf(query, options.maximumPageLimit);
      const { rows, total } = await listImportErrors(database, filter, page);
      return { import_errors: rows.map(importErrorBody), total_entries: total };
    },
  );
  app.get(
    '/api/v2/importErrors/:import_error_id',
    { schema: { tags, params: Params, response: { 200: ImportErrorBody, ...ErrorResponses } } },
    async (request) => {
      const { params } = request;
      const row = await readImportError(database, params.import_error_id, dagAccessOf(request, 'viewer'));
      if (row === null) throw new GantryError('not_found', `There is no import error ${params.import_error_id}.`);
      return importErrorBody(row);
    },
  );
}

function importErrorBody(row: ImportErrorRow): Static<typeof ImportErrorBody> {
  return {
    import_error_id: row.id,
    timestamp: row.recorded_at,
    filename: row.file,
    bundle_name: null,
    stack_trace: row.message,
    line: row.line,
    position: row.position,
  };
}
