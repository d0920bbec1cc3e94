import { GantryError } from '@gantry/sdk/model';
import { Type } from 'typebox';
import { deleteToken, listTokens } from '../../store/list-tokens.ts';
import { audited } from '../audit/audited.ts';
import { senderOf } from '../authentication.ts';
import { anyOr } from '../rest/any-or.ts';
import { ErrorResponses } from '../rest/error-responses.ts';
import { NullableText } from '../rest/nullable.ts';
import { PageFields, pageOf } from '../rest/page-query.ts';
import type { RestParts } from '../rest/rest-parts.ts';
import type { Routes } from '../routes.ts';
import { issueNamedToken } from './issue-token.ts';
import { usernameFor } from './username-for.ts';

const tags = ['Gantry'];
const closed = { additionalProperties: false };
const TokenBody = Type.Object({
  token_id: Type.String(),
  username: Type.String(),
  name: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'Null for a token that came of a sign-in.',
  }),
  created_at: Type.String(),
  expires_at: Type.String(),
  used_at: NullableText,
});
const TokenListBody = Type.Object({ tokens: Type.Array(TokenBody), total_entries: Type.Integer() });
const MadeTokenBody = Type.Object({
  ...TokenBody.properties,
  access_token: Type.String({ description: 'Shown this once.' }),
});
const MakeBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N} _.@+/-]*$' }),
    expires_in_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, default: 90 })),
  },
  closed,
);
const Query = Type.Object(
  { ...PageFields, username: Type.Optional(Type.String({ description: 'Of whom; ~ is everybody.' })) },
  closed,
);
const Params = Type.Object({ token_id: Type.String({ format: 'uuid' }) });

/** Tokens for programs: each under a name, with an end, revocable, shown once. */
export function tokenRoutes(app: Routes, parts: RestParts): void {
  listRoute(app, parts);
  makeRoute(app, parts);
  const { database } = parts;
  const schema = { tags, params: Params, response: { 204: Type.Null(), ...ErrorResponses } };
  app.delete('/api/v2/gantry/tokens/:token_id', { schema }, async (request, reply) => {
    const id = request.params.token_id;
    const { username, role } = senderOf(request).account;
    await audited(request, database, async (tx, note) => {
      const ended = await deleteToken(tx, id, role === 'admin' ? null : username);
      if (ended === null) throw new GantryError('not_found', `There is no token ${id}.`);
      note({ event: 'delete_token', object: ended.username, before: { name: ended.name } });
    });
    return reply.code(204).send(null);
  });
}

function listRoute(app: Routes, { database, options }: RestParts): void {
  const schema = { tags, querystring: Query, response: { 200: TokenListBody, ...ErrorResponses } };
  app.get('/api/v2/gantry/tokens', { schema }, async (request) => {
    const { account } = senderOf(request);
    const username = usernameFor(account, anyOr(request.query.username ?? account.username));
    const { rows, total } = await listTokens(database, username, pageOf(request.query, options.maximumPageLimit));
    return { tokens: rows.map(({ id, ...row }) => ({ token_id: id, ...row })), total_entries: total };
  });
}

function makeRoute(app: Routes, { database, random }: RestParts): void {
  const schema = { tags, body: MakeBody, response: { 201: MadeTokenBody, ...ErrorResponses } };
  app.post('/api/v2/gantry/tokens', { schema }, async (request, reply) => {
    const sender = senderOf(request);
    if (sender.credential === 'token' && sender.account.tokenName !== null) {
      throw new GantryError(
        'forbidden',
        `The token ${sender.account.tokenName} may not make another one; sign in with a password for that.`,
      );
    }
    const { username } = sender.account;
    const { name, expires_in_days: days = 90 } = request.body;
    const made = await audited(request, database, async (tx, note) => {
      note({ event: 'create_token', object: username, after: { name, expires_in_days: days } });
      const token = await issueNamedToken(tx, random, { username, name, hours: days * 24 });
      if (token === null) throw new GantryError('conflict', `The account ${username} has a token ${name} already.`);
      return token;
    });
    const { id: token_id, createdAt: created_at, expiresAt: expires_at, token: access_token } = made;
    return reply.code(201).send({ token_id, username, name, created_at, expires_at, used_at: null, access_token });
  });
}
