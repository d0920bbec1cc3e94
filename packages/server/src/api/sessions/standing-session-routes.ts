import { GantryError } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import { endSession } from '../../store/change-sessions.ts';
import { listSessions, type SessionRow } from '../../store/list-sessions.ts';
import { usernameFor } from '../accounts/username-for.ts';
import { audited } from '../audit/audited.ts';
import { senderOf } from '../authentication.ts';
import { anyOr } from '../rest/any-or.ts';
import { ErrorResponses } from '../rest/error-responses.ts';
import { NullableText } from '../rest/nullable.ts';
import { PageFields, pageOf } from '../rest/page-query.ts';
import type { RestParts } from '../rest/rest-parts.ts';
import type { Routes } from '../routes.ts';

const SessionBody = Type.Object({
  session_id: Type.String(),
  username: Type.String(),
  signed_in_by: Type.Enum(['password', 'oidc']),
  created_at: Type.String(),
  seen_at: Type.String({ description: 'To the minute.' }),
  expires_at: Type.String(),
  address: NullableText,
  user_agent: NullableText,
  is_present: Type.Boolean({ description: 'True for the session that asks.' }),
});
const ListBody = Type.Object({ sessions: Type.Array(SessionBody), total_entries: Type.Integer() });
const Query = Type.Object(
  { ...PageFields, username: Type.Optional(Type.String({ description: 'Of whom; ~ is everybody.' })) },
  { additionalProperties: false },
);
const Params = Type.Object({ session_id: Type.String({ format: 'uuid' }) });

/** The sessions that last: to see where one is signed in, and to end what should not be. */
export function standingSessionRoutes(app: Routes, { database, options }: RestParts): void {
  const list = { tags: ['Gantry'], querystring: Query, response: { 200: ListBody, ...ErrorResponses } };
  app.get('/api/v2/gantry/sessions', { schema: list }, async (request) => {
    const sender = senderOf(request);
    const username = usernameFor(sender.account, anyOr(request.query.username ?? sender.account.username));
    const filter = { username, idleSeconds: options.sessionIdleSeconds };
    const { rows, total } = await listSessions(database, filter, pageOf(request.query, options.maximumPageLimit));
    const present = sender.credential === 'session' ? sender.account.sessionId : null;
    return { sessions: rows.map((row) => sessionBody(row, present)), total_entries: total };
  });
  const one = { tags: ['Gantry'], params: Params, response: { 204: Type.Null(), ...ErrorResponses } };
  app.delete('/api/v2/gantry/sessions/:session_id', { schema: one }, async (request, reply) => {
    const id = request.params.session_id;
    const { username, role } = senderOf(request).account;
    await audited(request, database, async (tx, note) => {
      const of = await endSession(tx, id, role === 'admin' ? null : username);
      if (of === null) throw new GantryError('not_found', `There is no session ${id}.`);
      note({ event: 'end_session', object: of });
    });
    return reply.code(204).send(null);
  });
}

function sessionBody({ id, ...row }: SessionRow, present: string | null): Static<typeof SessionBody> {
  return { session_id: id, ...row, is_present: id === present };
}
