import { type ConnectionFields, parseConnection } from '@gantry/sdk/model';
import { UsageError } from '../usage-error.ts';

/** A connection as the API takes it, out of a URI or JSON. `place` is for the sentence when it is neither. */
export function connectionEntity(id: string, text: string, place: string) {
  const parsed = parseConnection(text);
  if (parsed.kind === 'fault') throw new UsageError(`${place} ${parsed.sentence}.`);
  return { connection_id: id, ...connectionBodyOf(parsed.connection) };
}

/** The fields by their names in REST and in files. */
export function connectionBodyOf({
  connType,
  extra,
  description,
  host,
  port,
  login,
  password,
  schema,
}: ConnectionFields) {
  const text = Object.keys(extra).length === 0 ? null : JSON.stringify(extra);
  return { conn_type: connType, description, host, port, login, password, schema, extra: text };
}
