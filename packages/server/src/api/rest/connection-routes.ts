import { GantryError } from '@gantry/sdk/model';
import { Type } from 'typebox';
import { listConnections, readConnection } from '../../store/list-connections.ts';
import { audited } from '../audit/audited.ts';
import type { Routes } from '../routes.ts';
import { type BulkAction, BulkAnswer, bulkBody, doBulk } from './bulk.ts';
import {
  ChangeConnection,
  CONNECTION_MASKS,
  ConnectionBody,
  type ConnectionChange,
  connectionBody,
  MakeConnection,
  PatchConnection,
} from './connection-body.ts';
import { connectionDeeds } from './connection-deeds.ts';
import { DEFAULT_CONNECTIONS } from './default-connections.ts';
import { changeOne, makeOne, noEntity, removeOne } from './entity-deeds.ts';
import { ErrorResponses } from './error-responses.ts';
import { PageFields, pageOf } from './page-query.ts';
import type { RestParts } from './rest-parts.ts';

const closed = { additionalProperties: false };
const tags = ['Connection'];
const Params = Type.Object({ connection_id: Type.String() });
const ListBody = Type.Object({ connections: Type.Array(ConnectionBody), total_entries: Type.Integer() });
const ListQuery = Type.Object(
  {
    ...PageFields,
    connection_id_pattern: Type.Optional(Type.String()),
    connection_id_prefix_pattern: Type.Optional(Type.String()),
  },
  closed,
);
const PatchQuery = Type.Object({ update_mask: Type.Optional(Type.Array(Type.Enum(CONNECTION_MASKS))) }, closed);

/** Connections: list, get, make, change, delete, many at once, those that Airflow users expect. */
export function connectionRoutes(app: Routes, parts: RestParts): void {
  readRoutes(app, parts);
  makeRoutes(app, parts);
  changeRoutes(app, parts);
  bulkRoute(app, parts);
  testRoute(app);
}

function readRoutes(app: Routes, parts: RestParts): void {
  const { database, options } = parts;
  app.get(
    '/api/v2/connections',
    { schema: { tags, querystring: ListQuery, response: { 200: ListBody, ...ErrorResponses } } },
    async ({ query }) => {
      const name = { pattern: query.connection_id_pattern, prefix: query.connection_id_prefix_pattern };
      const { rows, total } = await listConnections(database, name, pageOf(query, options.maximumPageLimit));
      return { connections: rows.map((row) => connectionBody(parts, row)), total_entries: total };
    },
  );
  app.get(
    '/api/v2/connections/:connection_id',
    { schema: { tags, params: Params, response: { 200: ConnectionBody, ...ErrorResponses } } },
    async ({ params }) => requireConnection(parts, params.connection_id),
  );
}

function makeRoutes(app: Routes, parts: RestParts): void {
  const { database } = parts;
  const deeds = connectionDeeds(parts);
  app.post(
    '/api/v2/connections',
    { schema: { tags, body: MakeConnection, response: { 201: ConnectionBody, ...ErrorResponses } } },
    async (request, reply) => {
      await makeOne(request, database, deeds, request.body);
      return reply.code(201).send(await requireConnection(parts, request.body.connection_id));
    },
  );
  app.post(
    '/api/v2/connections/defaults',
    { schema: { tags, response: { 204: Type.Null(), ...ErrorResponses } } },
    async (request, reply) => {
      await audited(request, database, async (tx, note) => {
        note({ event: 'create_default_connections' });
        for (const each of DEFAULT_CONNECTIONS) await deeds.create(tx, note, each);
      });
      return reply.code(204).send(null);
    },
  );
}

/** As Airflow answers where [core] test_connection is Disabled, its default. */
function testRoute(app: Routes): void {
  const body = MakeConnection;
  app.post(
    '/api/v2/connections/test',
    { schema: { tags, body, response: { ...ErrorResponses } } },
    async (): Promise<never> => {
      throw new GantryError(
        'forbidden',
        'Gantry tests no connection: a server that opens what a request names reaches places that its sender does not; try it in a task.',
      );
    },
  );
}

function changeRoutes(app: Routes, parts: RestParts): void {
  const { database } = parts;
  const deeds = connectionDeeds(parts);
  const response = { 200: ConnectionBody, ...ErrorResponses };
  const change = { tags, params: Params, querystring: PatchQuery, body: PatchConnection, response };
  app.patch('/api/v2/connections/:connection_id', { schema: change }, async (request) => {
    const { params, query, body } = request;
    const entity = { ...body, connection_id: params.connection_id };
    await changeOne(request, database, deeds, { entity, named: body.connection_id, mask: query.update_mask ?? null });
    return requireConnection(parts, params.connection_id);
  });
  app.delete(
    '/api/v2/connections/:connection_id',
    { schema: { tags, params: Params, response: { 204: Type.Null(), ...ErrorResponses } } },
    async (request, reply) => {
      await removeOne(request, database, deeds, request.params.connection_id);
      return reply.code(204).send(null);
    },
  );
}

function bulkRoute(app: Routes, parts: RestParts): void {
  const schema = {
    tags,
    body: bulkBody(ChangeConnection, CONNECTION_MASKS),
    response: { 200: BulkAnswer, ...ErrorResponses },
  };
  const deeds = connectionDeeds(parts);
  app.patch('/api/v2/connections', { schema }, async (request) =>
    doBulk<ConnectionChange>(
      request,
      parts.database,
      deeds,
      request.body.actions as readonly BulkAction<ConnectionChange>[],
    ),
  );
}

async function requireConnection(parts: RestParts, id: string) {
  const row = await readConnection(parts.database, id);
  if (row === null) throw noEntity('connection', id);
  return connectionBody(parts, row);
}
