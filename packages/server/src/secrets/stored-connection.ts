import type { ConnectionFields, ConnectionValue, JsonObject } from '@gantry/sdk/model';
import type { ConnectionRow } from '../store/connection-row.ts';
import type { SecretBox } from './secret-box.ts';

/** A connection with all that is in it. */
export interface OpenConnection extends ConnectionFields {
  readonly connectionId: string;
}

/** As its row is stored: password and extra sealed where there is a key. An empty extra is no secret. */
export function sealConnection(box: SecretBox, connection: OpenConnection): ConnectionRow {
  const { connectionId, connType, description, host, port, login, schema, password, extra } = connection;
  const place = { table: 'connection', row: connectionId } as const;
  const none = { plain: null, sealed: null };
  const isEmpty = Object.keys(extra).length === 0;
  const storedPassword = password === null ? none : box.seal(password, { ...place, field: 'password' });
  const storedExtra = isEmpty ? none : box.seal(JSON.stringify(extra), { ...place, field: 'extra' });
  return {
    ...{ connectionId, connType, description, host, port, login, schema },
    password: storedPassword.plain,
    sealedPassword: storedPassword.sealed,
    extra: storedExtra.plain === null ? {} : extra,
    sealedExtra: storedExtra.sealed,
  };
}

/** Throws `secret_unreadable`. */
export function openConnection(box: SecretBox, row: ConnectionRow): OpenConnection {
  const { connectionId, connType, description, host, port, login, schema } = row;
  const password = openPassword(box, row);
  return { connectionId, connType, description, host, port, login, schema, password, extra: openExtra(box, row) };
}

export function hasPassword(row: ConnectionRow): boolean {
  return row.password !== null || row.sealedPassword !== null;
}

function openPassword(box: SecretBox, row: ConnectionRow): string | null {
  if (!hasPassword(row)) return null;
  const stored = { plain: row.password, sealed: row.sealedPassword };
  return box.open(stored, { table: 'connection', row: row.connectionId, field: 'password' });
}

/** Throws `secret_unreadable`. */
export function openExtra(box: SecretBox, row: ConnectionRow): JsonObject {
  if (row.sealedExtra === null) return row.extra;
  const stored = { plain: null, sealed: row.sealedExtra };
  return JSON.parse(box.open(stored, { table: 'connection', row: row.connectionId, field: 'extra' })) as JsonObject;
}

/** As user code gets it. */
export function connectionValue({ description: _, ...value }: OpenConnection): ConnectionValue {
  return value;
}
