import { GantryError } from '@gantry/sdk/model';
import { Type } from 'typebox';
import { withAudit } from '../audit/with-audit.ts';
import { randomSecret } from '../credential.ts';
import { ErrorResponses } from '../rest/error-responses.ts';
import type { RestParts } from '../rest/rest-parts.ts';
import type { Routes } from '../routes.ts';
import { startSession } from '../sessions/start-session.ts';
import { localPath } from './local-path.ts';
import { oidcAccountName } from './oidc-account.ts';
import { OidcClient } from './oidc-client.ts';
import type { OidcOptions } from './oidc-options.ts';
import { FLOW_SECONDS, type FlowCookie, flowCookie } from './sign-in-flow.ts';

const CALLBACK = '/auth/oidc/callback';
const NextQuery = Type.Object(
  { next: Type.Optional(Type.String({ description: 'Where to go afterwards: a path of this server.' })) },
  { additionalProperties: false },
);
/** Providers add fields of their own. */
const CallbackQuery = Type.Object({
  state: Type.Optional(Type.String({ maxLength: 1000 })),
  code: Type.Optional(Type.String({ maxLength: 10_000 })),
});

interface OidcParts {
  readonly oidc: OidcOptions;
  readonly client: OidcClient;
  readonly flows: FlowCookie;
}

/** Signing in by a provider: away to it, and back. Without one both answer 404. */
export function oidcRoutes(app: Routes, parts: RestParts): void {
  const { oidc, options, clock, claimKey } = parts;
  const made: OidcParts | null =
    oidc === null
      ? null
      : {
          oidc,
          client: new OidcClient(oidc, `${options.baseUrl}${CALLBACK}`, clock),
          flows: flowCookie(claimKey, options.baseUrl.startsWith('https:')),
        };
  loginRoute(app, parts, made);
  callbackRoute(app, parts, made);
}

function loginRoute(app: Routes, { random, clock }: RestParts, made: OidcParts | null): void {
  const schema = {
    tags: ['Auth'],
    security: [],
    querystring: NextQuery,
    response: { 302: Type.Null(), ...ErrorResponses },
  };
  app.get('/auth/oidc/login', { schema }, async (request, reply) => {
    const { client, flows } = required(made);
    const flow = {
      state: randomSecret(random),
      nonce: randomSecret(random),
      verifier: randomSecret(random),
      next: localPath(request.query.next),
      expiresAt: clock.now() + FLOW_SECONDS * 1000,
    };
    const url = await client.signInUrl(flow);
    return reply
      .code(302)
      .headers({ location: url, 'set-cookie': flows.write(flow) })
      .send(null);
  });
}

function callbackRoute(app: Routes, parts: RestParts, made: OidcParts | null): void {
  const { database, random, clock, cookie, options } = parts;
  const schema = {
    tags: ['Auth'],
    security: [],
    querystring: CallbackQuery,
    response: { 303: Type.Null(), ...ErrorResponses },
  };
  app.get(CALLBACK, { schema }, async (request, reply) => {
    const { oidc, client, flows } = required(made);
    const flow = flows.read(request.headers.cookie, clock.now());
    if (flow === null || request.query.state !== flow.state) {
      throw new GantryError(
        'bad_request',
        'This browser has begun no sign-in that this answer belongs to, or too long ago; begin at GET /auth/oidc/login.',
      );
    }
    const identity = await client.finish(request.url.slice(CALLBACK.length), flow);
    const actor = { username: null, credential: 'sign_in', address: request.ip } as const;
    const value = await withAudit(database, actor, async (tx, note) => {
      const username = await oidcAccountName({ tx, note }, identity, oidc);
      const session = { username, signedInBy: 'oidc', lifetimeSeconds: options.sessionLifetimeSeconds } as const;
      return startSession(tx, random, request, session);
    });
    reply.header('set-cookie', [flows.clear(), cookie.write(value)]);
    return reply.code(303).header('location', flow.next).send(null);
  });
}

function required(made: OidcParts | null): OidcParts {
  if (made !== null) return made;
  throw new GantryError('not_found', 'No provider is configured; see [oidc] issuer.');
}
