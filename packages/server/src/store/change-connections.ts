import type { ConnectionRow } from './connection-row.ts';
import type { Queryable } from './database.ts';

/** Makes a connection; false when the id is taken. */
export async function insertConnection(db: Queryable, row: ConnectionRow): Promise<boolean> {
  const rows = await db.query(
    `insert into connection (connection_id, conn_type, description, host, port, login, schema, password, sealed_password, extra, sealed_extra)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11) on conflict do nothing returning connection_id`,
    valuesOf(row),
  );
  return rows.length > 0;
}

/** Replaces all fields of a connection; false when there is none. */
export async function updateConnection(db: Queryable, row: ConnectionRow): Promise<boolean> {
  const rows = await db.query(
    `update connection set conn_type = $2, description = $3, host = $4, port = $5, login = $6, schema = $7, password = $8,
       sealed_password = $9, extra = $10::jsonb, sealed_extra = $11
     where connection_id = $1 returning connection_id`,
    valuesOf(row),
  );
  return rows.length > 0;
}

/** Removes a connection; false when there is none. */
export async function deleteConnection(db: Queryable, connectionId: string): Promise<boolean> {
  const rows = await db.query(`delete from connection where connection_id = $1 returning connection_id`, [
    connectionId,
  ]);
  return rows.length > 0;
}

function valuesOf(row: ConnectionRow): readonly unknown[] {
  const { connectionId, connType, description, host, port, login, schema, password, sealedPassword } = row;
  const ways = [connectionId, connType, description, host, port, login, schema];
  return [...ways, password, sealedPassword, JSON.stringify(row.extra), row.sealedExtra];
}
