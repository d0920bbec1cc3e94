import type { Random } from '@gantry/sdk/model';
import type { FastifyRequest } from 'fastify';
import { insertSession } from '../../store/change-sessions.ts';
import type { Queryable } from '../../store/database.ts';
import { hashOf, randomSecret } from '../credential.ts';

/** Starts a session of the account, always under a new id; answers the value of its cookie. Only its hash is kept. */
export async function startSession(
  tx: Queryable,
  random: Random,
  request: Pick<FastifyRequest, 'ip' | 'headers'>,
  session: {
    readonly username: string;
    readonly signedInBy: 'password' | 'oidc';
    readonly lifetimeSeconds: number;
  },
): Promise<string> {
  const value = randomSecret(random);
  const userAgent = request.headers['user-agent'] ?? null;
  await insertSession(tx, { ...session, hash: hashOf(value), address: request.ip, userAgent });
  return value;
}
