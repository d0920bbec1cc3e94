import { FAILURE_CLASSES, RUN_STATES, TASK_STATES } from '@gantry/sdk/model';
import { Type } from 'typebox';
import { homeCounts } from '../../store/home-counts.ts';
import { listImportErrors } from '../../store/list-import-errors.ts';
import { dagAccessOf } from '../dag-access-of.ts';
import type { Routes } from '../routes.ts';
import { ErrorResponses } from './error-responses.ts';
import type { RestParts } from './rest-parts.ts';

const Query = Type.Object(
  { hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 * 31, default: 24 })) },
  { additionalProperties: false },
);

const count = Type.Integer();
const Body = Type.Object({
  dags: Type.Object({
    total: count,
    active: count,
    paused: count,
    failing: Type.Integer({ description: 'Whose last run that is over has failed.' }),
  }),
  import_errors: count,
  runs: Type.Array(Type.Object({ state: Type.Enum([...RUN_STATES]), count })),
  task_instances: Type.Array(Type.Object({ state: Type.Enum([...TASK_STATES]), count })),
  recent_failures: Type.Array(
    Type.Object({
      dag_id: Type.String(),
      dag_run_id: Type.String(),
      task_id: Type.String(),
      map_index: Type.Integer(),
      try_number: Type.Integer(),
      ended_at: Type.String(),
      class: Type.Enum([...FAILURE_CLASSES]),
      sentence: Type.String(),
    }),
    { description: 'Attempts, the last to end first.' },
  ),
});

/** What was queued in the last hours and what is open, counted; and what failed last. */
export function homeRoute(app: Routes, { database }: RestParts): void {
  const schema = { tags: ['Gantry'], querystring: Query, response: { 200: Body, ...ErrorResponses } };
  app.get('/api/v2/gantry/home', { schema }, async (request) => {
    const access = dagAccessOf(request, 'viewer');
    const [counts, errors] = await Promise.all([
      homeCounts(database, access, request.query.hours ?? 24),
      listImportErrors(database, { access, file: undefined, patterns: [] }, { orderBy: [], limit: 0, offset: 0 }),
    ]);
    const { dags, runs, task_instances: instances, recent_failures: failures } = counts;
    return {
      dags,
      import_errors: errors.total,
      runs: [...runs],
      task_instances: [...instances],
      recent_failures: [...failures],
    };
  });
}
