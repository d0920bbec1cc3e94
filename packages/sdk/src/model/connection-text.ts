import type { ConnectionValue } from './execution-api.ts';
import type { Json, JsonObject } from './json.ts';

/** What a text says of a connection; its id stands elsewhere. */
export interface ConnectionFields extends Omit<ConnectionValue, 'connectionId'> {
  readonly description: string | null;
}

/** Never shows any of the text, since a password stands in it. */
export type ParsedConnection =
  | { readonly kind: 'ok'; readonly connection: ConnectionFields }
  | { readonly kind: 'fault'; readonly sentence: string };

class TextFault extends Error {}

/** Field of a URI's query in which an extra stands that a query cannot express. */
const EXTRA_FIELD = '__extra__';
const JSON_FIELDS = ['conn_type', 'description', 'host', 'login', 'password', 'schema', 'port', 'extra'];

/**
 * Reads a connection as Airflow writes it into the environment: a URI `type://login:password@host:port/schema?key=value`,
 * percent-encoded, or a JSON object.
 */
export function parseConnection(text: string): ParsedConnection {
  try {
    const trimmed = text.trim();
    return { kind: 'ok', connection: trimmed.startsWith('{') ? ofJson(trimmed) : ofUri(trimmed) };
  } catch (error) {
    if (error instanceof TextFault) return { kind: 'fault', sentence: error.message };
    throw error;
  }
}

/** As Airflow writes a type: postgresql is postgres, and a dash, which a URI needs, an underscore. */
export function connectionType(text: string): string {
  return text === 'postgresql' ? 'postgres' : text.replaceAll('-', '_');
}

function ofJson(text: string): ConnectionFields {
  const value = objectOf(jsonOf(text, 'is no JSON'), 'is JSON, but no object');
  const unknown = Object.keys(value).find((field) => !JSON_FIELDS.includes(field));
  if (unknown !== undefined) {
    throw new TextFault(`has the unknown field ${JSON.stringify(unknown)}; expected ${JSON_FIELDS.join(', ')}`);
  }
  const extra = value.extra ?? {};
  return {
    connType: connectionType(textField(value, 'conn_type') ?? ''),
    description: textField(value, 'description'),
    host: textField(value, 'host'),
    port: portOf(value.port ?? null),
    login: textField(value, 'login'),
    password: textField(value, 'password'),
    schema: textField(value, 'schema'),
    extra: typeof extra === 'string' ? extraOf(extra) : objectOf(extra, 'has an extra that is no object'),
  };
}

/** An extra as Airflow keeps it: a JSON object as text; empty is none. Throws a sentence. */
function extraOf(text: string): JsonObject {
  if (text.trim() === '') return {};
  return objectOf(jsonOf(text, 'has an extra that is no JSON'), 'has an extra that is no JSON object');
}

function jsonOf(text: string, fault: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new TextFault(fault);
  }
}

function objectOf(value: Json, fault: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new TextFault(fault);
}

function textField(value: JsonObject, name: string): string | null {
  const field = value[name] ?? null;
  if (field === null || field === '') return null;
  if (typeof field === 'string') return field;
  throw new TextFault(`has the field "${name}" of a wrong kind; expected a text`);
}

function portOf(value: Json): number | null {
  if (value === null || value === '') return null;
  const port = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new TextFault('has a port that is none; expected a whole number from 0 to 65535');
}

/**
 * By hand instead of by URL, which changes what it reads: it drops default ports and lower-cases or refuses hosts. A host
 * may have a protocol of its own, as in `http://https://host`.
 */
function ofUri(text: string): ConnectionFields {
  const parts =
    /^([A-Za-z][A-Za-z0-9+._-]*):\/\/(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?(?:#.*)?$/s.exec(
      text,
    );
  if (parts === null) throw new TextFault('is no URI of the form type://login:password@host:port/schema?key=value');
  const [, type = '', protocol, authority = '', schema = '', query = ''] = parts;
  const at = authority.lastIndexOf('@');
  const colon = at < 0 ? -1 : authority.slice(0, at).indexOf(':');
  const place = hostAndPort(authority.slice(at + 1));
  const host = place.host === '' ? null : decoded(place.host);
  return {
    connType: connectionType(type.toLowerCase()),
    description: null,
    host: protocol === undefined ? host : `${protocol}://${host ?? ''}`,
    port: portOf(place.port),
    login: decodedOrNull(at < 0 ? '' : authority.slice(0, colon < 0 ? at : colon)),
    password: decodedOrNull(colon < 0 ? '' : authority.slice(colon + 1, at)),
    schema: decodedOrNull(schema),
    extra: extraOfQuery(query),
  };
}

function hostAndPort(text: string): { readonly host: string; readonly port: string } {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(text);
  if (parts === null) throw new TextFault('has a port that is none; expected a whole number from 0 to 65535');
  return { host: (parts[1] ?? '').replace(/^\[(.*)\]$/, '$1'), port: parts[2] ?? '' };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TextFault('holds a % that begins no percent-encoded character; write it as %25');
  }
}

function decodedOrNull(text: string): string | null {
  return text === '' ? null : decoded(text);
}

/** In a query a plus is a space; a field that is there twice counts the last time. */
function extraOfQuery(query: string): JsonObject {
  const fields = new Map<string, string>();
  for (const pair of query.split('&').filter((each) => each !== '')) {
    const equals = pair.indexOf('=');
    const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    fields.set(decoded(name.replaceAll('+', ' ')), decoded(value.replaceAll('+', ' ')));
  }
  const whole = fields.get(EXTRA_FIELD);
  return whole === undefined ? Object.fromEntries(fields) : extraOf(whole);
}

/** The connection as a URI that reads back as the same, password and all. */
export function connectionUri(connection: Omit<ConnectionFields, 'description'>): string {
  const { connType, host, port, login, password, schema, extra } = connection;
  const [, protocol, bare] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(host ?? '') ?? [null, undefined, host ?? ''];
  const user = `${quoted(login ?? '')}${password === null ? '' : `:${quoted(password)}`}`;
  const place = `${quoted(bare)}${port === null ? '' : `:${port}`}`;
  const query = queryOf(extra);
  const path = schema === null ? (query === '' ? '' : '/') : `/${quoted(schema)}`;
  return [
    `${connType.toLowerCase().replaceAll('_', '-')}://`,
    protocol === undefined ? '' : `${protocol}://`,
    user === '' ? '' : `${user}@`,
    `${place}${path}`,
    query === '' ? '' : `?${query}`,
  ].join('');
}

/** Texts by name stand as they are; anything else as one JSON text. */
function queryOf(extra: JsonObject): string {
  const fields = Object.entries(extra);
  if (fields.length === 0) return '';
  const isPlain = fields.every(([name, value]) => typeof value === 'string' && name !== '') && !(EXTRA_FIELD in extra);
  const pairs = isPlain ? (fields as [string, string][]) : [[EXTRA_FIELD, JSON.stringify(extra)] as const];
  return pairs.map(([name, value]) => `${quoted(name)}=${quoted(value)}`).join('&');
}

/** As Python's quote(text, safe=''): also what encodeURIComponent leaves, for parsers that are less forgiving. */
function quoted(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
