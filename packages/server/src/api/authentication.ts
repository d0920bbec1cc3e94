import { GantryError } from '@gantry/sdk/model';
import type { FastifyRequest } from 'fastify';
import type { Queryable } from '../store/database.ts';
import type { KnownAccount } from '../store/known-account.ts';
import { readTokenAccount } from '../store/read-token-account.ts';
import type { AuditActor } from '../store/record-audit.ts';
import { bearerOf, hashOf } from './credential.ts';
import { requirePermission } from './dag-roles.ts';
import { PERMISSIONS, permissionFault } from './permissions.ts';
import type { Routes } from './routes.ts';

interface Sender {
  readonly account: KnownAccount;
  readonly credential: 'session' | 'token';
}

const senders = new WeakMap<FastifyRequest, Sender>();

/** From now on a route without a declared permission throws when it is added. */
export function requirePermissions(app: Routes): void {
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) {
      const fault = permissionFault(`${each} ${url}`);
      if (fault !== null) throw new Error(fault);
    }
  });
}

/** Checks each request against the permission of its route, before its body is read. */
export function authenticate(app: Routes, database: Queryable): void {
  app.addHook('onRequest', async (request) => {
    const url = request.routeOptions.url;
    // What is no route answers 404 to everybody.
    if (url === undefined) return;
    const permission = PERMISSIONS[`${request.method} ${url}`];
    if (permission === 'public' || permission === 'worker') return;
    if (permission === undefined) throw new GantryError('forbidden');
    const sender = await identify(database, request.headers.authorization);
    requirePermission(sender.account, permission, dagInPath(request));
    senders.set(request, sender);
  });
}

async function identify(database: Queryable, header: string | undefined): Promise<Sender> {
  const token = bearerOf(header);
  if (token === null) throw new GantryError('unauthenticated', 'The request has no header Authorization: Bearer.');
  const account = await readTokenAccount(database, hashOf(token));
  if (account === null) throw new GantryError('unauthenticated', 'The token is unknown or has ended; sign in again.');
  return { account, credential: 'token' };
}

/** The DAG that the path names; null when it names none, or any by `~`. */
function dagInPath({ params }: FastifyRequest): string | null {
  const { dag_id: dagId = '~' } = params as { readonly dag_id?: string };
  return dagId === '~' ? null : dagId;
}

/** Who sent a request; only routes that need a role may ask. */
export function accountOf(request: FastifyRequest): KnownAccount {
  return senderOf(request).account;
}

/** The sender of a request as the audit log names it. */
export function actorOf(request: FastifyRequest): AuditActor {
  const { account, credential } = senderOf(request);
  return { username: account.username, credential, address: request.ip };
}

function senderOf(request: FastifyRequest): Sender {
  const sender = senders.get(request);
  if (sender === undefined) throw new GantryError('unauthenticated');
  return sender;
}
