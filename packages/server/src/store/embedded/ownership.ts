import pg from 'pg';
import { SUPERUSER } from './superuser.ts';

/** Key of the session-level advisory lock that the owner of an embedded server holds in its database `postgres`. */
const OWNER_KEY = 0x6f776e6572;

/**
 * Connects to the server at `port` and becomes its owner; the returned connection is the ownership, and ends with
 * this process whatever kills it. Undefined when somebody else owns it. Rejects when the server does not answer.
 */
export async function takeOwnership(port: number, password: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password,
    database: 'postgres',
    application_name: 'gantry owner',
    connectionTimeoutMillis: 3_000,
    query_timeout: 3_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ owner: boolean }>('select pg_try_advisory_lock($1::bigint) as owner', [
      OWNER_KEY,
    ]);
    if (rows[0]?.owner === true) {
      return client;
    }
    await client.end();
    return undefined;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}
