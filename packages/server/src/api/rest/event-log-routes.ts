import { GantryError } from '@gantry/sdk/model';
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { type AuditRow, listAudit, readAudit } from '../../store/list-audit.ts';
import { accountOf } from '../authentication.ts';
import { dagAccessOf } from '../dag-access-of.ts';
import type { Routes } from '../routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableInteger, NullableText } from './nullable.ts';
import { PageFields, pageOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';
import { TotalFields, totalFields } from './total-fields.ts';

/** As Airflow's EventLogResponse; `credential`, `object` and `address` are Gantry's. */
const EventLogBody = Type.Object({
  event_log_id: Type.Integer(),
  when: Type.String(),
  event: Type.String(),
  owner: NullableText,
  dag_id: NullableText,
  dag_display_name: NullableText,
  run_id: NullableText,
  task_id: NullableText,
  task_display_name: NullableText,
  map_index: NullableInteger,
  try_number: NullableInteger,
  logical_date: NullableText,
  extra: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'JSON: what was before and is after.' }),
  credential: Type.String({ description: 'By what the sender was known: session, token, cli or sign_in.' }),
  object: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'The pool, variable, ... that changed.',
  }),
  address: NullableText,
});

const ListBody = Type.Object({ event_logs: Type.Array(EventLogBody), ...TotalFields });
const text = Type.Optional(Type.String());
const texts = Type.Optional(Type.Array(Type.String(), { maxItems: 100 }));
const moment = Type.Optional(Type.String({ format: 'date-time' }));
const whole = Type.Optional(Type.Integer());
const ListQuery = Type.Object(
  {
    ...PageFields,
    ...{ dag_id: text, run_id: text, task_id: text, map_index: whole, try_number: whole, owner: text, event: text },
    ...{ included_events: texts, excluded_events: texts, before: moment, after: moment },
  },
  { additionalProperties: false },
);
const Params = Type.Object({ event_log_id: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) });

/** Who changed what: the audit log. What concerns no DAG is shown to admins only. */
export function eventLogRoutes(app: Routes, { database, options }: RestParts): void {
  const tags = ['Event Log'];
  const list = { tags, querystring: ListQuery, response: { 200: ListBody, ...ErrorResponses } };
  app.get('/api/v2/eventLogs', { schema: list }, async (request) => {
    const { query } = request;
    const bounds = [
      ['lt', query.before],
      ['gt', query.after],
    ] as const;
    const filter = {
      ...readerOf(request),
      ...{ dagId: query.dag_id, runId: query.run_id, taskId: query.task_id, mapIndex: query.map_index },
      ...{ tryNumber: query.try_number, username: query.owner, event: query.event },
      ...{ includedEvents: query.included_events, excludedEvents: query.excluded_events },
      ranges: bounds.flatMap(([operator, value]) => (value === undefined ? [] : [{ field: 'when', operator, value }])),
    };
    const found = await listAudit(database, filter, pageOf(query, options.maximumPageLimit));
    return { event_logs: found.rows.map(eventLogBody), ...totalFields(found) };
  });
  const one = { tags, params: Params, response: { 200: EventLogBody, ...ErrorResponses } };
  app.get('/api/v2/eventLogs/:event_log_id', { schema: one }, async (request) => {
    const row = await readAudit(database, request.params.event_log_id, readerOf(request));
    if (row !== null) return eventLogBody(row);
    throw new GantryError('not_found', `There is no event log ${request.params.event_log_id}.`);
  });
}

function readerOf(request: FastifyRequest) {
  return { access: dagAccessOf(request, 'viewer'), withoutDag: accountOf(request).role === 'admin' };
}

function eventLogBody(row: AuditRow): Static<typeof EventLogBody> {
  const { before, after } = row;
  return {
    event_log_id: row.id,
    when: row.recorded_at,
    event: row.event,
    owner: row.username,
    dag_id: row.dag_id,
    dag_display_name: row.dag_id,
    run_id: row.run_id,
    task_id: row.task_id,
    task_display_name: row.task_id,
    map_index: row.map_index,
    try_number: row.try_number,
    logical_date: null,
    extra: before === null && after === null ? null : JSON.stringify({ before, after }),
    credential: row.credential,
    object: row.object,
    address: row.address,
  };
}
