import { GantryError } from '@gantry/sdk/model';
import type { FastifyRequest } from 'fastify';
import type { Queryable } from '../store/database.ts';
import { readTokenAccount, type TokenAccount } from '../store/read-token-account.ts';
import { bearerOf, hashOf } from './credential.ts';
import { mayDo, PERMISSIONS, type Role } from './permissions.ts';
import type { Routes } from './routes.ts';

const accounts = new WeakMap<FastifyRequest, TokenAccount>();

/** From now on a route without a declared permission throws when it is added. */
export function requirePermissions(app: Routes): void {
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) {
      if (PERMISSIONS[`${each} ${url}`] === undefined) {
        throw new Error(`${each} ${url} has no permission in permissions.ts.`);
      }
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
    accounts.set(request, await permitted(database, request.headers.authorization, permission));
  });
}

async function permitted(database: Queryable, header: string | undefined, needed: Role): Promise<TokenAccount> {
  const token = bearerOf(header);
  if (token === null) throw new GantryError('unauthenticated', 'The request has no header Authorization: Bearer.');
  const account = await readTokenAccount(database, hashOf(token));
  if (account === null) throw new GantryError('unauthenticated', 'The token is unknown or has ended; sign in again.');
  if (mayDo(account.role, needed)) return account;
  throw new GantryError(
    'forbidden',
    `The account ${account.username} has the role ${account.role}; this needs ${needed}.`,
  );
}

/** Who sent a request; only routes that need a role may ask. */
export function accountOf(request: FastifyRequest): TokenAccount {
  const account = accounts.get(request);
  if (account === undefined) throw new GantryError('unauthenticated');
  return account;
}
