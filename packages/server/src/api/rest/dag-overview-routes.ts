import { RUN_STATES } from '@gantry/sdk/model';
import { Type } from 'typebox';
import { countRuns, dagTags } from '../../store/dag-overview.ts';
import { dagAccessOf } from '../dag-access-of.ts';
import type { Routes } from '../routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { PageFields, pageOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';

const closed = { additionalProperties: false };
const { limit, offset } = PageFields;
const TagQuery = Type.Object({ limit, offset, tag_name_pattern: Type.Optional(Type.String()) }, closed);
const TagBody = Type.Object({ tags: Type.Array(Type.String()), total_entries: Type.Integer() });
const StatsQuery = Type.Object({ dag_ids: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })) }, closed);
const StatsBody = Type.Object({
  dags: Type.Array(
    Type.Object({
      dag_id: Type.String(),
      dag_display_name: Type.String(),
      stats: Type.Array(Type.Object({ state: Type.Enum([...RUN_STATES]), count: Type.Integer() })),
    }),
  ),
  total_entries: Type.Integer(),
});

/** What the DAGs have in common: their tags, and their runs by state. */
export function dagOverviewRoutes(app: Routes, { database, options }: RestParts): void {
  const tagSchema = { tags: ['DAG'], querystring: TagQuery, response: { 200: TagBody, ...ErrorResponses } };
  app.get('/api/v2/dagTags', { schema: tagSchema }, async (request) => {
    const { query } = request;
    const part = (query.tag_name_pattern ?? '').replace(/^%|%$/g, '').toLowerCase();
    const all = await dagTags(database, dagAccessOf(request, 'viewer'));
    const fitting = all.filter((tag) => tag.toLowerCase().includes(part));
    const page = pageOf(query, options.maximumPageLimit);
    return { tags: fitting.slice(page.offset, page.offset + page.limit), total_entries: fitting.length };
  });
  const statsSchema = { tags: ['DagStats'], querystring: StatsQuery, response: { 200: StatsBody, ...ErrorResponses } };
  app.get('/api/v2/dagStats', { schema: statsSchema }, async (request) => {
    const counted = await countRuns(database, dagAccessOf(request, 'viewer'), request.query.dag_ids ?? null);
    const byDag = new Map<string, Map<string, number>>();
    for (const { dag_id: dagId, state, count } of counted) {
      byDag.set(dagId, (byDag.get(dagId) ?? new Map()).set(state, count));
    }
    const dags = [...byDag].map(([dagId, counts]) => ({
      dag_id: dagId,
      dag_display_name: dagId,
      stats: RUN_STATES.map((state) => ({ state, count: counts.get(state) ?? 0 })),
    }));
    return { dags, total_entries: dags.length };
  });
}
