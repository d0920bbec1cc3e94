import { GantryError, type Json, type JsonObject, MASK, masked } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import {
  hasPassword,
  type OpenConnection,
  openConnection,
  openExtra,
  sealConnection,
} from '../../secrets/stored-connection.ts';
import type { ConnectionRow } from '../../store/connection-row.ts';
import { isMeant } from './is-meant.ts';
import { refuseMask, unmasked } from './masked-input.ts';
import { NullableInteger, NullableText, nullable } from './nullable.ts';
import { orMask } from './or-mask.ts';
import type { RestParts } from './rest-parts.ts';

const closed = { additionalProperties: false };
const id = Type.String({ minLength: 1, maxLength: 200, pattern: '^[\\w.-]+$' });
const text = (maxLength: number) => Type.Optional(nullable(Type.String({ maxLength })));
const fields = {
  conn_type: Type.String({ minLength: 1, maxLength: 500 }),
  description: text(5000),
  host: text(500),
  login: text(5000),
  schema: text(500),
  port: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 65535 }))),
  password: text(1024 * 1024),
  extra: text(1024 * 1024),
};

/** A connection as people may see it. */
export const ConnectionBody = Type.Object({
  connection_id: Type.String(),
  conn_type: Type.String(),
  description: NullableText,
  host: NullableText,
  login: NullableText,
  schema: NullableText,
  port: NullableInteger,
  password: Type.Unsafe<string | null>({ type: ['string', 'null'], description: '*** when there is one.' }),
  extra: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'A JSON object as text, with *** for each field whose name sounds like a secret.',
  }),
  is_encrypted: Type.Boolean({ description: 'The password is sealed.' }),
  is_extra_encrypted: Type.Boolean(),
});

export const MakeConnection = Type.Object({ connection_id: id, ...fields }, closed);
/** For a change, and for one of many: what is not given stays. */
export const ChangeConnection = Type.Object(
  { connection_id: id, ...fields, conn_type: Type.Optional(fields.conn_type) },
  closed,
);
export const PatchConnection = Type.Object(
  { ...fields, conn_type: Type.Optional(fields.conn_type), connection_id: Type.Optional(Type.String()) },
  closed,
);
export const CONNECTION_MASKS = ['connection_id', ...Object.keys(fields)];

export type ConnectionChange = Static<typeof ChangeConnection>;

export function connectionBody({ box, options }: RestParts, row: ConnectionRow): Static<typeof ConnectionBody> {
  const { connectionId, connType, description, host, login, schema, port } = row;
  return {
    connection_id: connectionId,
    conn_type: connType,
    ...{ description, host, login, schema, port },
    password: hasPassword(row) ? MASK : null,
    extra: hasExtra(row) ? orMask(() => JSON.stringify(masked(openExtra(box, row), options.sensitiveNames))) : null,
    is_encrypted: row.sealedPassword !== null,
    is_extra_encrypted: row.sealedExtra !== null,
  };
}

function hasExtra(row: ConnectionRow): boolean {
  return row.sealedExtra !== null || Object.keys(row.extra).length > 0;
}

/** The row of a new connection. Throws `invalid` for a mask, and for an extra that is no JSON object. */
export function newConnection(parts: RestParts, given: ConnectionChange): ConnectionRow {
  const { connection_id: connectionId, conn_type: connType } = given;
  if (connType === undefined) {
    throw new GantryError('invalid', `body: the connection ${connectionId} lacks the field "conn_type".`);
  }
  refuseMask(given.password ?? null, 'body.password', 'send the password, or leave it out');
  const none = { description: null, host: null, port: null, login: null, schema: null, password: null, extra: {} };
  return sealConnection(parts.box, changed(parts, { connectionId, connType, ...none }, given, null));
}

/**
 * The row after a change. A mask as password or in the extra stands for what is stored. What is stored is opened only where
 * the change needs it, so that a secret that does not open can be set anew.
 */
export function changedConnection(
  parts: RestParts,
  row: ConnectionRow,
  given: ConnectionChange,
  mask: readonly string[] | null,
): ConnectionRow {
  const keepsPassword = given.password === undefined || given.password === MASK || !isMeant(mask, 'password');
  const keepsExtra = given.extra === undefined || !isMeant(mask, 'extra');
  const extra = keepsExtra || !(given.extra ?? '').includes(MASK) ? {} : openExtra(parts.box, row);
  const before = openConnection(parts.box, { ...row, password: null, sealedPassword: null, extra, sealedExtra: null });
  const after = sealConnection(parts.box, changed(parts, before, given, mask));
  return {
    ...after,
    ...(keepsPassword ? { password: row.password, sealedPassword: row.sealedPassword } : {}),
    ...(keepsExtra ? { extra: row.extra, sealedExtra: row.sealedExtra } : {}),
  };
}

function changed(
  { options }: RestParts,
  before: OpenConnection,
  given: ConnectionChange,
  mask: readonly string[] | null,
): OpenConnection {
  const pick = <Value>(field: keyof ConnectionChange, value: Value | undefined, old: Value): Value =>
    value === undefined || !isMeant(mask, field) ? old : value;
  const textOf = (value: string | null | undefined) => (value === '' ? null : value);
  return {
    connectionId: before.connectionId,
    connType: pick('conn_type', given.conn_type, before.connType),
    description: pick('description', textOf(given.description), before.description),
    host: pick('host', textOf(given.host), before.host),
    port: pick('port', given.port, before.port),
    login: pick('login', textOf(given.login), before.login),
    schema: pick('schema', textOf(given.schema), before.schema),
    password: pick('password', textOf(given.password), before.password),
    extra: isMeant(mask, 'extra')
      ? (extraOf(given.extra, before.extra, options.sensitiveNames) ?? before.extra)
      : before.extra,
  };
}

function extraOf(
  given: string | null | undefined,
  before: JsonObject,
  sensitiveNames: readonly string[],
): JsonObject | undefined {
  if (given === undefined) return undefined;
  if (given === null || given.trim() === '') return {};
  let value: Json;
  try {
    value = JSON.parse(given) as Json;
  } catch {
    throw new GantryError('invalid', 'body.extra: found text that is no JSON, expected a JSON object as text.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new GantryError('invalid', 'body.extra: found JSON that is no object, expected a JSON object as text.');
  }
  return unmasked(value, before, 'body.extra', sensitiveNames) as JsonObject;
}
