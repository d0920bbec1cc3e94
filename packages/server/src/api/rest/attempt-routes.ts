import { ATTEMPT_STATES, type Failure, type Place } from '@gantry/sdk/model';
import { Type } from 'typebox';
import { listAttempts } from '../../store/list-attempts.ts';
import { dagAccessOf, requireDagAccess } from '../dag-access-of.ts';
import type { Routes } from '../routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableInteger, NullableText } from './nullable.ts';
import { PageFields, pageOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';
import { requireRun } from './run-routes.ts';

const AttemptBody = Type.Object({
  attempt_id: Type.String(),
  dag_id: Type.String(),
  dag_run_id: Type.String(),
  task_id: Type.String(),
  map_index: Type.Integer(),
  try_number: Type.Integer(),
  state: Type.Enum([...ATTEMPT_STATES]),
  executor: Type.String(),
  workload: Type.Enum(['worker', 'image']),
  pool: Type.String(),
  pool_slots: Type.Integer(),
  bundle_digest: Type.String(),
  queued_at: Type.String(),
  claimed_at: NullableText,
  started_at: NullableText,
  reported_at: NullableText,
  ended_at: NullableText,
  lease_until: NullableText,
  hostname: NullableText,
  pid: NullableInteger,
  waiting: NullableText,
  place: Type.Unsafe<Place | null>({ type: ['object', 'null'], additionalProperties: true }),
  stop_sentence: NullableText,
  late_outcome: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'Kind of the outcome that the worker reported when it did not count any more.',
  }),
  failure: Type.Unsafe<Failure | null>({ type: ['object', 'null'], additionalProperties: true }),
});

const ListBody = Type.Object({ attempts: Type.Array(AttemptBody), total_entries: Type.Integer() });
const Query = Type.Object(
  {
    ...PageFields,
    dag_id: Type.String(),
    dag_run_id: Type.String(),
    task_id: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })),
    map_index: Type.Optional(Type.Integer({ description: 'Of one mapped instance; -1 is one that is not mapped.' })),
  },
  { additionalProperties: false },
);

/** Every attempt of a run: where it ran, when, and how it ended. */
export function attemptRoutes(app: Routes, { database, options }: RestParts): void {
  const schema = { tags: ['Gantry'], querystring: Query, response: { 200: ListBody, ...ErrorResponses } };
  app.get('/api/v2/gantry/attempts', { schema }, async (request) => {
    const { query } = request;
    requireDagAccess(request, query.dag_id, 'viewer');
    await requireRun(database, query.dag_id, query.dag_run_id);
    const access = dagAccessOf(request, 'viewer');
    const of = {
      access,
      dagId: query.dag_id,
      runId: query.dag_run_id,
      taskIds: query.task_id,
      mapIndex: query.map_index,
    };
    const { rows, total } = await listAttempts(database, of, pageOf(query, options.maximumPageLimit));
    return { attempts: [...rows], total_entries: total };
  });
}
