import { type Static, Type } from 'typebox';
import { endSession } from '../../store/change-sessions.ts';
import { recordAudit } from '../../store/record-audit.ts';
import { identify, type Sender } from '../authentication.ts';
import type { OidcOptions } from '../oidc/oidc-options.ts';
import { ROLES } from '../permissions.ts';
import { ErrorResponses } from '../rest/error-responses.ts';
import { NullableText, nullable } from '../rest/nullable.ts';
import type { RestParts } from '../rest/rest-parts.ts';
import type { Routes } from '../routes.ts';
import { SignInBody, signedInName } from './signed-in-name.ts';
import { startSession } from './start-session.ts';

const Empty = Type.Null();
const RoleOrNull = Type.Unsafe<Sender['account']['role']>({ type: ['string', 'null'], enum: [...ROLES, null] });
const SessionBody = Type.Object({
  username: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Null when nobody is signed in.' }),
  role: RoleOrNull,
  grants: Type.Array(Type.Object({ dag_id: Type.String(), role: Type.Enum(['viewer', 'user']) }), {
    description: 'What the account may do with single DAGs beyond its role.',
  }),
  expires_at: NullableText,
  sign_in: Type.Object({
    password: Type.Boolean(),
    oidc: nullable(Type.Object({ name: Type.String() })),
  }),
});

/** Signing in and out in a browser, and who is signed in. */
export function sessionRoutes(app: Routes, parts: RestParts): void {
  loginRoute(app, parts);
  logoutRoute(app, parts);
  const schema = { tags: ['Auth'], security: [], response: { 200: SessionBody, ...ErrorResponses } };
  app.get('/auth/session', { schema }, async (request) => sessionBody(await identify(parts, request), parts.oidc));
}

function loginRoute(app: Routes, parts: RestParts): void {
  const { database, random, cookie, options } = parts;
  const schema = { tags: ['Auth'], security: [], body: SignInBody, response: { 204: Empty, ...ErrorResponses } };
  app.post('/auth/login', { schema }, async (request, reply) => {
    const username = await signedInName(parts, request, reply, request.body);
    const value = await database.transaction(async (tx) => {
      const actor = { username, credential: 'sign_in', address: request.ip } as const;
      await recordAudit(tx, actor, [{ event: 'login', object: username }]);
      const session = { username, signedInBy: 'password', lifetimeSeconds: options.sessionLifetimeSeconds } as const;
      return startSession(tx, random, request, session);
    });
    return reply.code(204).header('set-cookie', cookie.write(value)).send(null);
  });
}

function logoutRoute(app: Routes, parts: RestParts): void {
  const { database, cookie } = parts;
  const schema = { tags: ['Auth'], security: [], response: { 204: Empty, ...ErrorResponses } };
  app.post('/auth/logout', { schema }, async (request, reply) => {
    const sender = await identify(parts, request);
    if (sender?.credential === 'session') {
      const { username, sessionId } = sender.account;
      await database.transaction(async (tx) => {
        await endSession(tx, sessionId, username);
        const actor = { username, credential: 'session', address: request.ip } as const;
        await recordAudit(tx, actor, [{ event: 'logout', object: username }]);
      });
    }
    return reply.code(204).header('set-cookie', cookie.write(null)).send(null);
  });
}

function sessionBody(sender: Sender | null, oidc: OidcOptions | null): Static<typeof SessionBody> {
  const sign_in = { password: true, oidc: oidc === null ? null : { name: oidc.name } };
  if (sender === null) return { username: null, role: null, grants: [], expires_at: null, sign_in };
  const { username, role, grants, expiresAt } = sender.account;
  return {
    username,
    role,
    grants: grants.map((grant) => ({ dag_id: grant.dagId, role: grant.role })),
    expires_at: expiresAt,
    sign_in,
  };
}
