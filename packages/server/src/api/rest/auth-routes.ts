import { Type } from 'typebox';
import { recordAudit } from '../../store/record-audit.ts';
import { issueToken } from '../accounts/issue-token.ts';
import type { Routes } from '../routes.ts';
import { SignInBody, signedInName } from '../sessions/signed-in-name.ts';
import { ErrorResponses } from './error-responses.ts';
import type { RestParts } from './rest-parts.ts';

/** Airflow: [api_auth] jwt_cli_expiration_time. */
const CLI_TOKEN_HOURS = 1;

const TokenBody = Type.Object({ access_token: Type.String() });

/** A name and a password for a token. Which of the two was wrong is not told. */
export function authRoutes(app: Routes, parts: RestParts): void {
  const { database, random, options } = parts;
  const schema = { tags: ['Auth'], security: [], body: SignInBody, response: { 201: TokenBody, ...ErrorResponses } };
  for (const [path, hours] of [
    ['/auth/token', options.tokenHours],
    ['/auth/token/cli', CLI_TOKEN_HOURS],
  ] as const) {
    app.post(path, { schema }, async (request, reply) => {
      const username = await signedInName(parts, request, reply, request.body);
      const token = await database.transaction(async (tx) => {
        const actor = { username, credential: 'sign_in', address: request.ip } as const;
        await recordAudit(tx, actor, [{ event: 'login', object: username, after: { token_hours: hours } }]);
        return issueToken(tx, random, username, Math.ceil(hours));
      });
      return reply.code(201).send({ access_token: token });
    });
  }
}
