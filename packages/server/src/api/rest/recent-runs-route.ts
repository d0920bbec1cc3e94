import { RUN_STATES, RUN_TYPES } from '@gantry/sdk/model';
import { Type } from 'typebox';
import { recentRuns } from '../../store/recent-runs.ts';
import { dagAccessOf } from '../dag-access-of.ts';
import type { Routes } from '../routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableText } from './nullable.ts';
import type { RestParts } from './rest-parts.ts';

const Query = Type.Object(
  {
    dag_ids: Type.Array(Type.String(), { minItems: 1, maxItems: 100 }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 10 })),
  },
  { additionalProperties: false },
);

const Body = Type.Object({
  runs: Type.Array(
    Type.Object({
      dag_id: Type.String(),
      dag_run_id: Type.String(),
      run_type: Type.Enum([...RUN_TYPES]),
      state: Type.Enum([...RUN_STATES]),
      run_after: Type.String(),
      start_date: NullableText,
      end_date: NullableText,
    }),
  ),
});

/** The last runs of each of some DAGs in one answer, newest first: what stands in each line of the DAG list. */
export function recentRunsRoute(app: Routes, { database }: RestParts): void {
  const schema = { tags: ['Gantry'], querystring: Query, response: { 200: Body, ...ErrorResponses } };
  app.get('/api/v2/gantry/recentRuns', { schema }, async (request) => {
    const { dag_ids: dagIds, limit = 10 } = request.query;
    return { runs: await recentRuns(database, { access: dagAccessOf(request, 'viewer'), dagIds, limit }) };
  });
}
