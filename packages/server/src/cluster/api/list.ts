import { queryInteger, type Route } from './api-request.ts';
import { ApiStatusError, badRequest, expired } from './api-status.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import type { ObjectStore } from './object-store.ts';
import type { Plural } from './resources.ts';
import { fieldSelector, labelSelector } from './selector.ts';

/** One page of a list. */
export interface ListPage {
  readonly items: readonly KubernetesObject[];
  readonly resourceVersion: string;
  readonly continueToken: string | undefined;
  readonly remainingItemCount: number | undefined;
}

interface ContinueToken {
  /** Version of the first page; -1 in a token for the inconsistent rest. */
  readonly rv: number;
  /** Key of the last object given. */
  readonly start: string;
}

/** Lists with selectors, versions and pages, as the real server: all pages of one list are of one snapshot. */
export function listPage(store: ObjectStore, route: Route, query: URLSearchParams): ListPage {
  const selected = matcher(route, query);
  const limit = queryInteger(query, 'limit') ?? 0;
  const token = readToken(query.get('continue'));
  if (token !== null && (query.get('resourceVersion') ?? '') !== '') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  const version = token === null ? listVersion(store, query) : token.rv;
  const plural = route.resource.plural as Plural;
  const objects =
    version === null || version === -1
      ? store.list(plural, route.namespace)
      : store.listAt(plural, route.namespace, version);
  if (objects === null) throw token === null ? tooOld(version as number, store) : continueExpired(token.start);
  const shown = version === null || version === -1 ? store.resourceVersion : version;
  const rest = objects.filter((object) => selected(object) && (token === null || keyOf(object) > token.start));
  const items = limit > 0 ? rest.slice(0, limit) : rest;
  const more = rest.length > items.length;
  const hasSelector = (query.get('labelSelector') ?? '') !== '' || (query.get('fieldSelector') ?? '') !== '';
  return {
    items,
    resourceVersion: String(shown),
    continueToken: more ? writeToken({ rv: shown, start: keyOf(items.at(-1) as KubernetesObject) }) : undefined,
    remainingItemCount: more && !hasSelector ? rest.length - items.length : undefined,
  };
}

/** The selectors of a request, and the name in its path, as one test. */
export function matcher(route: Route, query: URLSearchParams): (object: KubernetesObject) => boolean {
  const labels = labelSelector(query.get('labelSelector') ?? '');
  const fields = fieldSelector(query.get('fieldSelector') ?? '', route.resource.kind);
  const { namespace, name } = route;
  return (object) =>
    (namespace === null || object.metadata.namespace === namespace) &&
    (name === null || object.metadata.name === name) &&
    labels(object) &&
    fields(object);
}

/** The version a first page must have; null means the newest. Throws 504 for a version of the future. */
function listVersion(store: ObjectStore, query: URLSearchParams): number | null {
  const text = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  if (match !== '' && text === '')
    throw badRequest('resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (text === '' || text === '0') return null;
  const version = parseVersion(text);
  if (version > store.resourceVersion) throw tooLarge(version, store.resourceVersion);
  return match === 'Exact' ? version : null;
}

/** A resourceVersion of a query. Throws 400 when it is not a whole number. */
export function parseVersion(text: string): number {
  if (!/^\d+$/.test(text))
    throw badRequest(
      `Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  return Number(text);
}

export function tooOld(version: number, store: ObjectStore): ApiStatusError {
  return expired(`too old resource version: ${version} (${store.resourceVersion})`);
}

function tooLarge(version: number, current: number): ApiStatusError {
  const message = `Timeout: Too large resource version: ${version}, current: ${current}`;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return new ApiStatusError(504, 'Timeout', message, { causes, retryAfterSeconds: 1 });
}

function continueExpired(start: string): ApiStatusError {
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
  return expired(message, writeToken({ rv: -1, start }));
}

function keyOf(object: KubernetesObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function writeToken(token: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...token })).toString('base64url');
}

function readToken(text: string | null): ContinueToken | null {
  if (text === null || text === '') return null;
  try {
    const value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Partial<ContinueToken>;
    if (typeof value.rv === 'number' && typeof value.start === 'string') return { rv: value.rv, start: value.start };
  } catch {
    // Falls through to the sentence that a client understands.
  }
  throw badRequest('continue key is not valid');
}
