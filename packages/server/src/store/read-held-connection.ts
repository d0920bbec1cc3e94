import { CONNECTION_COLUMNS, type ConnectionRow } from './connection-row.ts';
import type { Queryable } from './database.ts';
import type { Holder } from './extend-leases.ts';
import { isOpen } from './open-attempt.ts';

/** A connection for the holder of an open attempt. Null: not the holder; `connection` null: no row has this id. */
export async function readHeldConnection(
  db: Queryable,
  { attemptId, tokenHash }: Holder,
  connectionId: string,
): Promise<{ readonly connection: ConnectionRow | null } | null> {
  const [row] = await db.query<Omit<ConnectionRow, 'connectionId'> & { readonly connectionId: string | null }>(
    `select ${CONNECTION_COLUMNS} from attempt a left join connection c on c.connection_id = $3
     where a.id = $1 and a.token_hash = decode($2, 'hex') and ${isOpen('a')}`,
    [attemptId, tokenHash, connectionId],
    'read_held_connection',
  );
  if (row === undefined) return null;
  return { connection: row.connectionId === null ? null : { ...row, connectionId: row.connectionId } };
}
