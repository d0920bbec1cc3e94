import { GantryError } from '@gantry/sdk/model';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { cancelBackfill, pauseBackfill } from '../../store/change-backfill.ts';
import { createBackfill, decideBackfill, standingRuns } from '../../store/create-backfill.ts';
import type { Queryable } from '../../store/database.ts';
import { type BackfillRow, listBackfills, readBackfill } from '../../store/list-backfills.ts';
import { audited } from '../audit/audited.ts';
import { accountOf } from '../authentication.ts';
import { dagAccessOf, requireDagAccess } from '../dag-access-of.ts';
import type { Role } from '../permissions.ts';
import type { Routes } from '../routes.ts';
import { storableJson } from '../storable-text.ts';
import { untilApplied } from './ask-scheduler.ts';
import { BackfillBody, BackfillListBody, backfillBody } from './backfill-body.ts';
import { requireDag } from './dag-routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableText } from './nullable.ts';
import { PageFields, pageOf } from './page-query.ts';
import { ParamCheck } from './param-check.ts';
import { BackfillPostBody, plannedBackfill } from './planned-backfill.ts';
import type { RestParts } from './rest-parts.ts';

const tags = ['Backfill'];
const Params = Type.Object({ backfill_id: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) });
const ListQuery = Type.Object(
  { ...PageFields, dag_id: Type.Optional(Type.String()), active: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
);
const DryRunBody = Type.Object({
  backfills: Type.Array(
    Type.Object({
      logical_date: NullableText,
      /** Null when the run is made or runs again. */
      left_out: NullableText,
    }),
  ),
  total_entries: Type.Integer(),
});

/** Backfills: list, get, make, look at first, pause, go on, cancel. */
export function backfillRoutes(app: Routes, parts: RestParts): void {
  readRoutes(app, parts);
  makeRoutes(app, parts);
  changeRoutes(app, parts);
}

function readRoutes(app: Routes, { database, options }: RestParts): void {
  const list = { tags, querystring: ListQuery, response: { 200: BackfillListBody, ...ErrorResponses } };
  app.get('/api/v2/backfills', { schema: list }, async (request) => {
    const { query } = request;
    const filter = { access: dagAccessOf(request, 'viewer'), dagId: query.dag_id, active: query.active };
    const { rows, total } = await listBackfills(database, filter, pageOf(query, options.maximumPageLimit));
    return { backfills: rows.map(backfillBody), total_entries: total };
  });
  const one = { tags, params: Params, response: { 200: BackfillBody, ...ErrorResponses } };
  app.get('/api/v2/backfills/:backfill_id', { schema: one }, async (request) =>
    backfillBody(await requireBackfill(database, request, request.params.backfill_id)),
  );
}

function makeRoutes(app: Routes, parts: RestParts): void {
  const { database, code, clock, runsBetween } = parts;
  const check = new ParamCheck();
  const make = { tags, body: BackfillPostBody, response: { 200: BackfillBody, ...ErrorResponses } };
  app.post('/api/v2/backfills', { schema: make }, async (request) => {
    const dagId = request.body.dag_id;
    requireDagAccess(request, dagId, 'user');
    const { row, spec } = await requireDag(database, code, dagId);
    if (row.is_stale) throw new GantryError('not_found', `No DAG file defines the DAG ${dagId} any more.`);
    const planned = plannedBackfill(request.body, spec, clock.now(), runsBetween);
    if (storableJson(planned.conf) === null) {
      throw new GantryError('invalid', 'body.dag_run_conf holds a NUL character or half of a surrogate pair.');
    }
    check.resolve(spec, row.current_version, planned.conf);
    const asked = { ...planned, dagId, version: row.current_version, createdBy: accountOf(request).username };
    const id = await audited(request, database, async (tx, note) => {
      const made = await createBackfill(tx, asked);
      if (made !== null) note({ event: 'create_backfill', dagId, object: String(made), after: { ...request.body } });
      return made;
    });
    if (id === null) {
      throw new GantryError('conflict', `A backfill of the DAG ${dagId} is under way; cancel it or wait for its end.`);
    }
    return backfillBody(await requireBackfill(database, request, id));
  });
  const dry = { tags, body: BackfillPostBody, response: { 200: DryRunBody, ...ErrorResponses } };
  app.post('/api/v2/backfills/dry_run', { schema: dry }, async (request) => {
    const { body } = request;
    requireDagAccess(request, body.dag_id, 'user');
    const { spec } = await requireDag(database, code, body.dag_id);
    const { runs, reprocessBehavior } = plannedBackfill(body, spec, clock.now(), runsBetween);
    const dates = runs.map(({ logicalDate }) => logicalDate);
    const standing = await standingRuns(database, body.dag_id, dates, false);
    const backfills = dates.map((date) => {
      const decision = decideBackfill(standing.get(Date.parse(date))?.state ?? null, reprocessBehavior);
      return { logical_date: date, left_out: decision === 'make' || decision === 'again' ? null : decision };
    });
    return { backfills, total_entries: backfills.length };
  });
}

function changeRoutes(app: Routes, parts: RestParts): void {
  const { database, options } = parts;
  const schema = { tags, params: Params, response: { 200: BackfillBody, ...ErrorResponses } };
  for (const [path, isPaused] of [
    ['pause', true],
    ['unpause', false],
  ] as const) {
    app.put(`/api/v2/backfills/:backfill_id/${path}`, { schema }, async (request) => {
      const { backfill_id: id } = request.params;
      const before = await requireBackfill(database, request, id, 'user');
      await audited(request, database, async (tx, note) => {
        if (!(await pauseBackfill(tx, id, isPaused))) throw over(before);
        const { dag_id: dagId, is_paused } = before;
        note({ event: `${path}_backfill`, dagId, object: String(id), before: { is_paused } });
      });
      return backfillBody(await requireBackfill(database, request, id));
    });
  }
  app.put('/api/v2/backfills/:backfill_id/cancel', { schema }, async (request) => {
    const id = request.params.backfill_id;
    const before = await requireBackfill(database, request, id, 'user');
    const factIds = await audited(request, database, async (tx, note) => {
      const asked = await cancelBackfill(tx, id, accountOf(request).username);
      if (asked === null) throw over(before);
      note({ event: 'cancel_backfill', dagId: before.dag_id, object: String(id), before: { counts: before.counts } });
      return asked;
    });
    await untilApplied(parts, factIds, options.requestWaitMilliseconds);
    return backfillBody(await requireBackfill(database, request, id));
  });
}

/** Throws `not_found` when the sender may not know of the backfill, `forbidden` when it may see but not do. */
async function requireBackfill(
  database: Queryable,
  request: FastifyRequest,
  id: number,
  needed: Role = 'viewer',
): Promise<BackfillRow> {
  const row = await readBackfill(database, id, dagAccessOf(request, 'viewer'));
  if (row === null) throw new GantryError('not_found', `There is no backfill ${id}.`);
  requireDagAccess(request, row.dag_id, needed);
  return row;
}

function over(row: BackfillRow): GantryError {
  return new GantryError('conflict', `The backfill ${row.id} of the DAG ${row.dag_id} is over.`);
}
