import { GantryError } from '@gantry/sdk/model';
import { Type } from 'typebox';
import { audited } from '../audit/audited.ts';
import { senderOf } from '../authentication.ts';
import { ErrorResponses } from '../rest/error-responses.ts';
import type { RestParts } from '../rest/rest-parts.ts';
import type { Routes } from '../routes.ts';
import { startSession } from '../sessions/start-session.ts';
import { changeAccount } from './account-changes.ts';
import { hashPassword, requirePassword } from './password.ts';
import { signInFault } from './password-sign-in.ts';

const Body = Type.Object(
  {
    password: Type.String({ minLength: 1, maxLength: 1000, description: 'The present one.' }),
    new_password: Type.String({ minLength: 1, maxLength: 1000 }),
  },
  { additionalProperties: false },
);

/** One's own password: every session and sign-in of the account ends; the browser that asked gets a new session. */
export function passwordRoute(app: Routes, { database, random, cookie, signIn, options }: RestParts): void {
  const schema = { tags: ['Gantry'], body: Body, response: { 204: Type.Null(), ...ErrorResponses } };
  app.post('/api/v2/gantry/password', { schema }, async (request, reply) => {
    const { account, credential } = senderOf(request);
    const { username } = account;
    requirePassword(request.body.new_password, username);
    const verdict = await signIn.verdict(username, request.body.password, request.ip);
    if (verdict.kind === 'wrong') throw new GantryError('invalid', 'body.password is not the present password.');
    if (verdict.kind === 'too_often') {
      reply.header('retry-after', String(verdict.waitSeconds));
      throw signInFault(verdict);
    }
    const passwordHash = await hashPassword(request.body.new_password);
    const value = await audited(request, database, async (tx, note) => {
      await changeAccount({ tx, note }, username, { passwordHash });
      if (credential !== 'session') return null;
      const session = { username, signedInBy: 'password', lifetimeSeconds: options.sessionLifetimeSeconds } as const;
      return startSession(tx, random, request, session);
    });
    if (value !== null) reply.header('set-cookie', cookie.write(value));
    return reply.code(204).send(null);
  });
}
