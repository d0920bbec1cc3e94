import {
  type ClaimAnswer,
  type ConnectionAnswer,
  EXECUTION_API_PATH,
  GantryError,
  type HeartbeatAnswer,
  type VariableAnswer,
} from '@gantry/sdk/model';
import { Type } from 'typebox';
import type { SecretLookup } from '../../secrets/secret-lookup.ts';
import type { Queryable } from '../../store/database.ts';
import type { Holder } from '../../store/extend-leases.ts';
import { holdsBundle } from '../../store/holds-bundle.ts';
import { readHeldConnection } from '../../store/read-held-connection.ts';
import { readHeldVariable } from '../../store/read-held-variable.ts';
import { readHeldXcom } from '../../store/read-held-xcom.ts';
import { attemptOfToken, bearerOf, hashOf } from '../credential.ts';
import type { ApiOptions } from '../options.ts';
import type { Routes } from '../routes.ts';
import type { ClaimCredential } from './claim-credential.ts';
import type { Claims } from './claims.ts';
import {
  AttemptParams,
  BundleParams,
  ClaimBody,
  HeartbeatBody,
  LogChunkBody,
  ReportBody,
  XcomQuery,
} from './execution-schemas.ts';
import type { Heartbeats } from './heartbeats.ts';
import type { Logs } from './logs.ts';
import type { Reports } from './reports.ts';
import type { StoredCode } from './stored-code.ts';

export interface ExecutionParts {
  readonly database: Queryable;
  readonly options: ApiOptions;
  readonly credential: ClaimCredential;
  readonly claims: Claims;
  readonly heartbeats: Heartbeats;
  readonly logs: Logs;
  readonly reports: Reports;
  readonly code: StoredCode;
  readonly lookup: SecretLookup;
}

const ATTEMPT = `${EXECUTION_API_PATH}/attempts/:attempt_id`;

/** The routes of workers; the protocol is described in the model's execution-api.ts. */
export function executionRoutes(app: Routes, parts: ExecutionParts): void {
  lifeRoutes(app, parts);
  dataRoutes(app, parts);
  secretRoutes(app, parts);
}

/** Claim, heartbeat, log, report. */
function lifeRoutes(app: Routes, { options, credential, claims, heartbeats, logs, reports }: ExecutionParts): void {
  app.post(
    `${ATTEMPT}/claim`,
    { schema: { hide: true, params: AttemptParams, body: ClaimBody } },
    async (request): Promise<ClaimAnswer> => {
      const attemptId = request.params.attempt_id;
      const pod = await credential.check(attemptId, requireBearer(request.headers.authorization));
      return theirs(await claims.claim({ attemptId, request: request.body, pod }));
    },
  );
  app.post(
    `${ATTEMPT}/heartbeat`,
    { schema: { hide: true, params: AttemptParams, body: HeartbeatBody } },
    async (request, reply): Promise<HeartbeatAnswer> => {
      const holder = holderOf(request);
      const wait = heartbeats.waitSeconds(holder);
      if (wait === 0) return theirs(await heartbeats.beat(holder));
      reply.header('retry-after', String(wait));
      throw new GantryError('too_many_requests', `Too many heartbeats of one attempt; try again in ${wait} seconds.`);
    },
  );
  const large = { bodyLimit: options.reportLimitBytes };
  app.post(
    `${ATTEMPT}/logs`,
    { ...large, schema: { hide: true, params: AttemptParams, body: LogChunkBody } },
    async (request, reply) => {
      theirs((await logs.store(holderOf(request), request.body)) || null);
      return reply.code(204).send();
    },
  );
  app.post(
    `${ATTEMPT}/report`,
    { ...large, schema: { hide: true, params: AttemptParams, body: ReportBody } },
    async (request, reply) => {
      theirs((await reports.report(holderOf(request), request.body)) || null);
      return reply.code(204).send();
    },
  );
}

/** What a task reads while it runs. */
function dataRoutes(app: Routes, { database, code }: ExecutionParts): void {
  app.get(
    `${ATTEMPT}/xcom`,
    { schema: { hide: true, params: AttemptParams, querystring: XcomQuery } },
    async (request) => {
      const { task_id: taskId, map_index: mapIndex, key } = request.query;
      const { found, value } = theirs(await readHeldXcom(database, holderOf(request), { taskId, mapIndex, key }));
      if (!found)
        throw new GantryError('not_found', `The task ${taskId} has no XCom ${JSON.stringify(key)} in this run.`);
      return { value };
    },
  );
  app.get(
    `${EXECUTION_API_PATH}/bundles/:digest`,
    { schema: { hide: true, params: BundleParams } },
    async (request, reply) => {
      const token = requireBearer(request.headers.authorization);
      const attemptId = attemptOfToken(token) ?? '00000000-0000-0000-0000-000000000000';
      theirs((await holdsBundle(database, { attemptId, tokenHash: hashOf(token) }, request.params.digest)) || null);
      return reply.type('text/javascript; charset=utf-8').send(await code.bundle(request.params.digest));
    },
  );
}

/** Variables and connections. The row is read first, since the same statement says whose attempt it is. */
function secretRoutes(app: Routes, { database, lookup }: ExecutionParts): void {
  const withKey = Type.Object({ ...AttemptParams.properties, key: Type.String() });
  app.get(
    `${ATTEMPT}/variables/:key`,
    { schema: { hide: true, params: withKey } },
    async (request): Promise<VariableAnswer> => {
      const { key } = request.params;
      const { value } = theirs(await readHeldVariable(database, holderOf(request), key));
      const found = await lookup.variable(key, value);
      if (found === null) throw new GantryError('not_found', `There is no variable ${JSON.stringify(key)}.`);
      return found;
    },
  );
  const withId = Type.Object({ ...AttemptParams.properties, connection_id: Type.String() });
  app.get(
    `${ATTEMPT}/connections/:connection_id`,
    { schema: { hide: true, params: withId } },
    async (request): Promise<ConnectionAnswer> => {
      const { connection_id: id } = request.params;
      const { connection } = theirs(await readHeldConnection(database, holderOf(request), id));
      const found = await lookup.connection(id, connection);
      if (found === null) throw new GantryError('not_found', `There is no connection ${JSON.stringify(id)}.`);
      return found;
    },
  );
}

interface AttemptRequest {
  readonly params: { readonly attempt_id: string };
  readonly headers: { readonly authorization?: string | undefined };
}

function holderOf({ params, headers }: AttemptRequest): Holder {
  return { attemptId: params.attempt_id, tokenHash: hashOf(requireBearer(headers.authorization)) };
}

function requireBearer(header: string | undefined): string {
  const bearer = bearerOf(header);
  if (bearer === null) throw new GantryError('unauthenticated', 'The request has no header Authorization: Bearer.');
  return bearer;
}

/** Nothing found under a worker's token means the attempt is not, or no longer, its own. */
function theirs<Found>(found: Found | null): Found {
  if (found === null) throw new GantryError('attempt_not_yours');
  return found;
}
