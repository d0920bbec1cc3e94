import { CONNECTION_COLUMNS, type ConnectionRow } from './connection-row.ts';
import type { Queryable } from './database.ts';
import { type Listed, listPage, type Page } from './list-page.ts';
import { type NameFilter, nameFilter } from './name-filter.ts';

const SOURCE = {
  columns: CONNECTION_COLUMNS,
  from: 'connection c',
  orders: {
    id: 'c.connection_id',
    conn_id: 'c.connection_id',
    connection_id: 'c.connection_id',
    conn_type: 'c.conn_type',
    description: 'c.description',
    host: 'c.host',
    port: 'c.port',
  },
  tieBreak: 'c.connection_id',
} as const;

export async function listConnections(db: Queryable, name: NameFilter, page: Page): Promise<Listed<ConnectionRow>> {
  return listPage<ConnectionRow>(db, SOURCE, nameFilter('c.connection_id', name), page);
}

export async function readConnection(db: Queryable, connectionId: string): Promise<ConnectionRow | null> {
  const text = `select ${SOURCE.columns} from ${SOURCE.from} where c.connection_id = $1`;
  const [row] = await db.query<ConnectionRow>(text, [connectionId]);
  return row ?? null;
}

/** The same, and nobody else changes it until the transaction ends. */
export async function lockConnection(tx: Queryable, connectionId: string): Promise<ConnectionRow | null> {
  const text = `select ${SOURCE.columns} from ${SOURCE.from} where c.connection_id = $1 for update`;
  const [row] = await tx.query<ConnectionRow>(text, [connectionId]);
  return row ?? null;
}
