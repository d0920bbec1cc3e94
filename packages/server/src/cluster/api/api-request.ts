import { parseDocument } from 'yaml';
import { ApiStatusError, badRequest, invalid } from './api-status.ts';
import { isLoose, type Loose } from './kubernetes-object.ts';
import type { Resource } from './resources.ts';

/** Where a request points. */
export interface Route {
  readonly resource: Resource;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly subresource: string | null;
}

/** A request after authentication, before anyone has decided what it means. */
export interface ApiRequest {
  readonly method: string;
  readonly route: Route;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly contentType: string;
  readonly body: Buffer;
  /** Milliseconds since 1970 when it came. */
  readonly now: number;
}

/** An answer that is one JSON document. */
export interface ApiAnswer {
  readonly code: number;
  readonly body: Loose;
}

/** The body as a JSON (or YAML) object. Throws 400 when it is something else, 415 when it is protobuf or CBOR. */
export function bodyObject(request: ApiRequest): Loose {
  const value = bodyValue(request);
  if (!isLoose(value)) throw badRequest('the body of the request must be one JSON object');
  return value;
}

/** The body as any JSON value, for JSON patches. */
export function bodyValue(request: ApiRequest): unknown {
  const text = request.body.toString('utf8');
  if (/protobuf|cbor/.test(request.contentType)) {
    throw new ApiStatusError(
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
    );
  }
  if (text.trim() === '') throw badRequest('the request has no body');
  if (request.contentType.includes('yaml')) return yamlValue(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`couldn't decode the body: ${(error as Error).message}`);
  }
}

function yamlValue(text: string): unknown {
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault !== undefined) throw badRequest(`couldn't decode the body: ${fault.message}`);
  return document.toJS({ maxAliasCount: 100 });
}

/** True for `dryRun=All` in the query. Throws 422 for any other value: a dry run taken for a real one would be worse. */
export function isDryRun(query: URLSearchParams): boolean {
  const asked = query.getAll('dryRun').filter((value) => value !== '');
  if (asked.every((value) => value === 'All')) return asked.length > 0;
  const message = `Unsupported value: ${JSON.stringify(asked)}: supported values: "All"`;
  throw invalid('CreateOptions', '', [{ reason: 'FieldValueNotSupported', message, field: 'dryRun' }]);
}

/** A whole number of the query, or undefined. Throws 400 for anything else. */
export function queryInteger(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax (parameter ${name})`);
  return value;
}
