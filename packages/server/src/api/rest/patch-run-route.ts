import { Type } from 'typebox';
import { changeRunNote } from '../../store/change-notes.ts';
import { insertRequests } from '../../store/insert-request.ts';
import { audited } from '../audit/audited.ts';
import { changedFields } from '../audit/changed-fields.ts';
import { accountOf } from '../authentication.ts';
import type { Routes } from '../routes.ts';
import { untilApplied } from './ask-scheduler.ts';
import { ErrorResponses } from './error-responses.ts';
import { Note, requireStorableNote } from './note.ts';
import { nullable } from './nullable.ts';
import type { RestParts } from './rest-parts.ts';
import { RunBody, runBody } from './run-body.ts';
import { requireRun } from './run-routes.ts';

const closed = { additionalProperties: false };
const PatchBody = Type.Object(
  {
    state: Type.Optional(nullable(Type.Enum(['queued', 'success', 'failed']))),
    note: Type.Optional(Note),
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
    const run = await requireRun(database, dagId, runId);
    const { state, note } = request.body;
    const newNote = isAsked('note') ? note : undefined;
    const newState = isAsked('state') ? (state ?? undefined) : undefined;
    if (newNote !== undefined) requireStorableNote(newNote);
    const requestedBy = accountOf(request).username;
    const factIds = await audited(request, database, async (tx, record) => {
      if (newNote !== undefined) await changeRunNote(tx, run.run_key, newNote);
      const before = { state: run.state, note: run.note };
      record({
        event: 'patch_dag_run',
        dagId,
        runId,
        before,
        after: changedFields({ state: newState, note: newNote }),
      });
      if (newState === undefined) return [];
      return insertRequests(tx, [{ runKey: run.run_key, request: { kind: 'mark_run', state: newState, requestedBy } }]);
    });
    await untilApplied(parts, factIds, options.requestWaitMilliseconds);
    return runBody(await requireRun(database, dagId, runId));
  });
}
