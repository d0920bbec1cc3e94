import { type Static, Type } from 'typebox';
import type { LookupStep } from '../../secrets/secret-lookup.ts';
import { readConnection } from '../../store/list-connections.ts';
import { readVariable } from '../../store/list-variables.ts';
import type { Routes } from '../routes.ts';
import { ErrorResponses } from './error-responses.ts';
import type { RestParts } from './rest-parts.ts';

const OriginBody = Type.Object({
  source: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'What gives the value; null for nothing.',
  }),
  steps: Type.Array(Type.Object({ source: Type.String(), has: Type.Boolean() }), {
    description: 'Where the API server looks, in order. A task looks in its own environment before.',
  }),
});

/** Which source gives a variable or connection, without what it gives. */
export function originRoutes(app: Routes, { database, lookup }: RestParts): void {
  const response = { 200: OriginBody, ...ErrorResponses };
  const withKey = Type.Object({ variable_key: Type.String() });
  app.get(
    '/api/v2/gantry/variables/:variable_key/origin',
    { schema: { tags: ['Variable'], params: withKey, response } },
    async ({ params: { variable_key: key } }) =>
      originBody(await lookup.explain('variable', key, (await readVariable(database, key)) !== null)),
  );
  const withId = Type.Object({ connection_id: Type.String() });
  app.get(
    '/api/v2/gantry/connections/:connection_id/origin',
    { schema: { tags: ['Connection'], params: withId, response } },
    async ({ params: { connection_id: id } }) =>
      originBody(await lookup.explain('connection', id, (await readConnection(database, id)) !== null)),
  );
}

function originBody(steps: readonly LookupStep[]): Static<typeof OriginBody> {
  return { source: steps.find(({ has }) => has)?.source ?? null, steps: [...steps] };
}
