import { GantryError } from '@gantry/sdk/model';
import type { FastifyRequest } from 'fastify';
import type { Queryable } from '../store/database.ts';
import { readSessionAccount, type SessionAccount } from '../store/read-session-account.ts';
import { readTokenAccount, type TokenAccount } from '../store/read-token-account.ts';
import type { AuditActor } from '../store/record-audit.ts';
import { bearerOf, hashOf } from './credential.ts';
import { requirePermission } from './dag-roles.ts';
import { PERMISSIONS, permissionFault } from './permissions.ts';
import type { RequestRates } from './request-rates.ts';
import type { Routes } from './routes.ts';
import { crossSiteFault } from './sessions/cross-site.ts';
import type { SessionCookie } from './sessions/session-cookie.ts';

export interface AuthenticationParts {
  readonly database: Queryable;
  readonly cookie: SessionCookie;
  readonly options: { readonly baseUrl: string; readonly sessionIdleSeconds: number };
  /** Of each session and token; null is no limit. */
  readonly rates?: RequestRates | null;
}

/** Whose request it is, and by what that is known. */
export type Sender =
  | { readonly credential: 'token'; readonly account: TokenAccount }
  | { readonly credential: 'session'; readonly account: SessionAccount };

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
export function authenticate(app: Routes, parts: AuthenticationParts): void {
  app.addHook('onRequest', async (request, reply) => {
    const url = request.routeOptions.url;
    // What is no route answers 404 to everybody.
    if (url === undefined) return;
    const permission = PERMISSIONS[`${request.method} ${url}`];
    if (permission === 'public' || permission === 'worker') return;
    if (permission === undefined) throw new GantryError('forbidden');
    const sender = await identify(parts, request);
    if (sender === null) throw new GantryError('unauthenticated', missing(request));
    const wait = parts.rates?.waitSeconds(idOf(sender)) ?? 0;
    if (wait > 0) {
      reply.header('retry-after', String(wait));
      throw new GantryError('too_many_requests', `Too many requests of one sender; try again in ${wait} seconds.`);
    }
    requirePermission(sender.account, permission, dagInPath(request));
    senders.set(request, sender);
  });
}

/** Whether a request that is answered for long may still be: its credential lasts and its account may see what it sees. */
export async function mayGoOn(parts: AuthenticationParts, request: FastifyRequest): Promise<boolean> {
  const permission = PERMISSIONS[`${request.method} ${request.routeOptions.url}`];
  if (permission === undefined || permission === 'public' || permission === 'worker') return true;
  const sender = await identify(parts, request);
  if (sender === null) return false;
  try {
    requirePermission(sender.account, permission, dagInPath(request));
    return true;
  } catch {
    return false;
  }
}

function idOf({ credential, account }: Sender): string {
  return credential === 'token' ? account.tokenId : account.sessionId;
}

/**
 * Whose token or session comes with a request; null when there is none that is good. A request with a token is judged by
 * it alone. Throws `forbidden` for a change that another site had a signed-in browser send.
 */
export async function identify(
  { database, cookie, options }: AuthenticationParts,
  request: FastifyRequest,
): Promise<Sender | null> {
  const { authorization, cookie: cookies } = request.headers;
  if (authorization !== undefined) {
    const token = bearerOf(authorization);
    const account = token === null ? null : await readTokenAccount(database, hashOf(token));
    return account === null ? null : { credential: 'token', account };
  }
  const value = cookie.read(cookies);
  const account = value === null ? null : await readSessionAccount(database, hashOf(value), options.sessionIdleSeconds);
  if (account === null) return null;
  const fault = crossSiteFault(request, options.baseUrl);
  if (fault !== null) throw new GantryError('forbidden', fault);
  return { credential: 'session', account };
}

function missing({ headers }: FastifyRequest): string {
  if (bearerOf(headers.authorization) !== null) return 'The token is unknown or has ended; sign in again.';
  return 'The request has no header Authorization: Bearer, and no session that lasts; sign in.';
}

/** The DAG that the path names; null when it names none, or any by `~`. */
function dagInPath({ params }: FastifyRequest): string | null {
  const { dag_id: dagId = '~' } = params as { readonly dag_id?: string };
  return dagId === '~' ? null : dagId;
}

/** Who sent a request; only routes that need a role may ask. */
export function accountOf(request: FastifyRequest): Sender['account'] {
  return senderOf(request).account;
}

/** The sender of a request as the audit log names it. */
export function actorOf(request: FastifyRequest): AuditActor {
  const { account, credential } = senderOf(request);
  return { username: account.username, credential, address: request.ip };
}

/** Throws `unauthenticated` where nobody was asked for: on public routes. */
export function senderOf(request: FastifyRequest): Sender {
  const sender = senders.get(request);
  if (sender === undefined) throw new GantryError('unauthenticated');
  return sender;
}
