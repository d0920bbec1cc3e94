import { GantryError } from '@gantry/sdk/model';
import { Type } from 'typebox';
import { readPasswordHash } from '../../store/read-password-hash.ts';
import { issueToken } from '../accounts/issue-token.ts';
import { PasswordCheck } from '../accounts/password.ts';
import type { Routes } from '../routes.ts';
import { ErrorResponses } from './error-responses.ts';
import type { RestParts } from './rest-parts.ts';

/** Airflow: [api_auth] jwt_cli_expiration_time. */
const CLI_TOKEN_HOURS = 1;

const SignInBody = Type.Object(
  { username: Type.String({ minLength: 1, maxLength: 250 }), password: Type.String({ minLength: 1, maxLength: 1000 }) },
  { additionalProperties: false },
);
const TokenBody = Type.Object({ access_token: Type.String() });

/** A name and a password for a token. Which of the two was wrong is not told. */
export function authRoutes(app: Routes, { database, random, options }: RestParts): void {
  const check = new PasswordCheck();
  const schema = { tags: ['Auth'], security: [], body: SignInBody, response: { 201: TokenBody, ...ErrorResponses } };
  for (const [path, hours] of [
    ['/auth/token', options.tokenHours],
    ['/auth/token/cli', CLI_TOKEN_HOURS],
  ] as const) {
    app.post(path, { schema }, async ({ body: { username, password } }, reply) => {
      const hash = await readPasswordHash(database, username);
      if (!(await check.fits(hash, password))) {
        throw new GantryError('unauthenticated', 'The user name or the password is wrong.');
      }
      const token = await issueToken(database, random, username, Math.ceil(hours));
      return reply.code(201).send({ access_token: token });
    });
  }
}
