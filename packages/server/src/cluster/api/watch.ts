import type { ServerResponse } from 'node:http';
import type { Random } from '@gantry/sdk/model';
import { type ApiRequest, queryInteger } from './api-request.ts';
import { type ApiStatusError, invalid } from './api-status.ts';
import { jsonOf, type KubernetesObject, type Loose } from './kubernetes-object.ts';
import { matcher, parseVersion, tooOld } from './list.ts';
import type { ObjectStore, StoreEvent } from './object-store.ts';
import { presenter } from './presentation.ts';
import type { Plural } from './resources.ts';

/** Open watches, for faults and for shutting down. */
export type OpenWatches = Set<ServerResponse>;

/** Bytes that may wait for one watcher; a slower one is cut off without an ERROR, as by the real server. */
const WAITING_BYTES = 8 * 1024 * 1024;
const END_OF_INITIAL_EVENTS = 'k8s.io/initial-events-end';

interface WatchOptions {
  readonly bookmarkSeconds: number;
  readonly random: Random;
  readonly open: OpenWatches;
}

/**
 * Streams changes as the real server does: from the version after the given one; with synthetic ADDED events first when
 * there is none or it is 0; an ERROR event inside HTTP 200 when the version is too old; silence when it is of the future.
 */
export function serveWatch(
  store: ObjectStore,
  request: ApiRequest,
  response: ServerResponse,
  options: WatchOptions,
): void {
  const { query, route } = request;
  const plural = route.resource.plural as Plural;
  const matches = matcher(route, query);
  const bookmarks = isTrue(query.get('allowWatchBookmarks'));
  const initial = initialEventsWanted(query, bookmarks);
  const text = query.get('resourceVersion') ?? '';
  const from = text === '' ? 0 : parseVersion(text);
  const present = presenter(request);
  const writer = openStream(response, options.open);
  const send = (type: string, object: Loose): void =>
    writer(`{"type":"${type}","object":${JSON.stringify(present(object))}}\n`);
  const sendStored = (type: string, object: KubernetesObject): void => {
    const shown = present(object);
    writer(`{"type":"${type}","object":${shown === object ? jsonOf(object) : JSON.stringify(shown)}}\n`);
  };

  if (from === 0 || initial) {
    for (const object of store.list(plural, route.namespace)) if (matches(object)) sendStored('ADDED', object);
    if (initial) send('BOOKMARK', bookmark(route.resource, store.resourceVersion, { [END_OF_INITIAL_EVENTS]: 'true' }));
  } else {
    const missed = store.eventsAfter(plural, from);
    if (missed === null) {
      response.end(`{"type":"ERROR","object":${JSON.stringify(expiredStatus(tooOld(from, store)))}}\n`);
      return;
    }
    for (const event of missed) relay(event, matches, sendStored);
  }
  const after = store.resourceVersion;
  const unsubscribe = store.subscribe(plural, (event) => {
    if (event.resourceVersion > Math.max(from, after)) relay(event, matches, sendStored);
  });
  const mark = (): void => send('BOOKMARK', bookmark(route.resource, Math.max(from, store.resourceVersion)));
  const stop = startTimers(query, response, bookmarks ? mark : null, options);
  response.on('close', () => {
    unsubscribe();
    stop();
  });
}

/** An event as a watcher with a selector sees it: entering is ADDED, leaving is DELETED with the object as it was. */
function relay(
  event: StoreEvent,
  matches: (object: KubernetesObject) => boolean,
  send: (type: string, object: KubernetesObject) => void,
): void {
  const was = event.previous !== null && matches(event.previous);
  if (event.type === 'DELETED') {
    if (was) send('DELETED', event.object);
    return;
  }
  const is = matches(event.object);
  if (is) send(was ? 'MODIFIED' : 'ADDED', event.object);
  else if (was) {
    const previous = event.previous as KubernetesObject;
    send('DELETED', {
      ...previous,
      metadata: { ...previous.metadata, resourceVersion: String(event.resourceVersion) },
    });
  }
}

function openStream(response: ServerResponse, open: OpenWatches): (line: string) => void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  open.add(response);
  response.on('close', () => open.delete(response));
  return (line) => {
    if (response.writableEnded || response.destroyed) return;
    response.write(line);
    if (response.writableLength > WAITING_BYTES) response.destroy();
  };
}

function startTimers(
  query: URLSearchParams,
  response: ServerResponse,
  mark: (() => void) | null,
  options: WatchOptions,
): () => void {
  // Without timeoutSeconds the real server ends a watch after min-request-timeout (1800 s) to twice that.
  const seconds = queryInteger(query, 'timeoutSeconds') ?? Math.round(1800 * (1 + options.random.fraction()));
  const end = setTimeout(() => response.end(), seconds * 1000);
  if (mark === null) return () => clearTimeout(end);
  const ticker = setInterval(mark, options.bookmarkSeconds * 1000);
  const last = setTimeout(mark, Math.max(seconds - 2, seconds / 2) * 1000);
  return () => {
    clearTimeout(end);
    clearTimeout(last);
    clearInterval(ticker);
  };
}

function bookmark(
  resource: ApiRequest['route']['resource'],
  version: number,
  annotations?: Readonly<Record<string, string>>,
): Loose {
  const metadata = {
    resourceVersion: String(version),
    creationTimestamp: null,
    ...(annotations === undefined ? {} : { annotations }),
  };
  const empty = resource.kind === 'Pod' ? { spec: { containers: null }, status: {} } : {};
  return { kind: resource.kind, apiVersion: 'v1', metadata, ...empty };
}

function initialEventsWanted(query: URLSearchParams, bookmarks: boolean): boolean {
  if (!query.has('sendInitialEvents')) return false;
  if (query.get('resourceVersionMatch') !== 'NotOlderThan' || !bookmarks) {
    const message =
      'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan and allowWatchBookmarks';
    throw invalid('ListOptions.meta.k8s.io', '', [
      { reason: 'FieldValueForbidden', message, field: 'sendInitialEvents' },
    ]);
  }
  return isTrue(query.get('sendInitialEvents'));
}

function expiredStatus(error: ApiStatusError): Loose {
  return error.body();
}

function isTrue(text: string | null): boolean {
  return text === 'true' || text === '1';
}
