import { GantryError } from '@gantry/sdk/model';
import { Type } from 'typebox';
import { changeRunNote } from '../../store/change-run-note.ts';
import { accountOf } from '../authentication.ts';
import type { Routes } from '../routes.ts';
import { storableJson } from '../storable-text.ts';
import { askScheduler } from './ask-scheduler.ts';
import { ErrorResponses } from './error-responses.ts';
import { nullable } from './nullable.ts';
import type { RestParts } from './rest-parts.ts';
import { RunBody, runBody } from './run-body.ts';
import { requireRun } from './run-routes.ts';

const closed = { additionalProperties: false };
const PatchBody = Type.Object(
  {
    state: Type.Optional(nullable(Type.Enum(['queued', 'success', 'failed']))),
    note: Type.Optional(nullable(Type.String({ maxLength: 1000 }))),
  },
  closed,
);
const Query = Type.Object({ update_mask: Type.Optional(Type.Array(Type.Enum(['state', 'note']))) }, closed);

/** PATCH a run: its state, which ends what runs of it, and its note. */
export function patchRunRoute(app: Routes, parts: RestParts): void {
  const { database, options } = parts;
  const params = Type.Object({ dag_id: Type.String(), dag_run_id: Type.String() });
  const response = { 200: RunBody, ...ErrorResponses };
  const schema = { tags: ['DagRun'], params, querystring: Query, body: PatchBody, response };
  app.patch('/api/v2/dags/:dag_id/dagRuns/:dag_run_id', { schema }, async (request) => {
    const { dag_id: dagId, dag_run_id: runId } = request.params;
    const mask = request.query.update_mask;
    const isAsked = (field: 'state' | 'note') => mask === undefined || mask.includes(field);
    const { run_key: runKey } = await requireRun(database, dagId, runId);
    const { state, note } = request.body;
    if (note !== undefined && isAsked('note')) {
      if (storableJson({ note }) === null)
        throw new GantryError('invalid', 'body.note holds a NUL character or half of a surrogate pair.');
      await changeRunNote(database, runKey, note);
    }
    if (state !== undefined && state !== null && isAsked('state')) {
      const requestedBy = accountOf(request).username;
      const asked = [{ runKey, request: { kind: 'mark_run', state, requestedBy } as const }];
      await askScheduler(parts, asked, options.requestWaitMilliseconds);
    }
    return runBody(await requireRun(database, dagId, runId));
  });
}
