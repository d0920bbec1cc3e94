import { GantryError } from '@gantry/sdk/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Queryable } from '../../store/database.ts';
import { recordAudit } from '../../store/record-audit.ts';
import { type PasswordSignIn, signInFault } from '../accounts/password-sign-in.ts';
import { foreignSignInFault } from './cross-site.ts';

export const SignInBody = Type.Object(
  { username: Type.String({ minLength: 1, maxLength: 250 }), password: Type.String({ minLength: 1, maxLength: 1000 }) },
  { additionalProperties: false },
);

interface SignInParts {
  readonly database: Queryable;
  readonly signIn: PasswordSignIn;
  readonly options: { readonly baseUrl: string };
}

/**
 * Whose name and password these are. Throws `unauthenticated` (which of the two is wrong is not told, but audited),
 * `too_many_requests` with the header Retry-After, and `forbidden` for a form on another site.
 */
export async function signedInName(
  { database, signIn, options }: SignInParts,
  request: FastifyRequest,
  reply: FastifyReply,
  { username, password }: Static<typeof SignInBody>,
): Promise<string> {
  const fault = foreignSignInFault(request, options.baseUrl);
  if (fault !== null) throw new GantryError('forbidden', fault);
  const verdict = await signIn.verdict(username, password, request.ip);
  if (verdict.kind === 'signed_in') return verdict.username;
  if (verdict.kind === 'too_often') reply.header('retry-after', String(verdict.waitSeconds));
  else {
    const actor = { username: null, credential: 'sign_in', address: request.ip } as const;
    await recordAudit(database, actor, [{ event: 'login_failed', object: username }]);
  }
  throw signInFault(verdict);
}
