import type { ConnectionValue } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';
import type { Holder } from './extend-leases.ts';
import { isOpen } from './open-attempt.ts';

/** A connection for the holder of an open attempt. Null: not the holder; `connection` null: there is no such connection. */
export async function readHeldConnection(
  db: Queryable,
  { attemptId, tokenHash }: Holder,
  connectionId: string,
): Promise<{ readonly connection: ConnectionValue | null } | null> {
  const [row] = await db.query<{ connectionId: string | null } & Omit<ConnectionValue, 'connectionId'>>(
    `select c.connection_id as "connectionId", c.conn_type as "connType", c.host, c.port, c.login, c.password, c.schema, c.extra
     from attempt a left join connection c on c.connection_id = $3
     where a.id = $1 and a.token_hash = decode($2, 'hex') and ${isOpen('a')}`,
    [attemptId, tokenHash, connectionId],
    'read_held_connection',
  );
  if (row === undefined) return null;
  return { connection: row.connectionId === null ? null : { ...row, connectionId: row.connectionId } };
}
