import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Clock, GantryError, type Random } from '@gantry/sdk/model';
import type { Pod } from '../pod.ts';
import { type AccountTokens, API_AUDIENCE } from './account-tokens.ts';
import { type ApiRequest, bodyObject, type Route } from './api-request.ts';
import { ApiStatusError, badRequest, methodNotAllowed, noSuchResource } from './api-status.ts';
import { discoveryDocument } from './discovery.ts';
import { jsonOf, type KubernetesObject, type Loose } from './kubernetes-object.ts';
import { ObjectHandlers } from './object-handlers.ts';
import type { ObjectStore } from './object-store.ts';
import { answerPodLog, type PodLogs } from './pod-log-answer.ts';
import type { RequestLog } from './request-log.ts';
import { reviewAccess, reviewToken } from './reviews.ts';
import { parseRoute } from './route.ts';
import { type OpenWatches, serveWatch } from './watch.ts';

/** What may happen to a request before it is answered: nothing, a delay, or an error thrown in its place. */
export type Interceptor = (method: string, path: string) => Promise<void>;

export interface ApiServerParts {
  readonly store: ObjectStore;
  readonly tokens: AccountTokens;
  readonly logs: PodLogs;
  readonly clock: Clock;
  readonly random: Random;
  readonly privateKey: string;
  readonly certificate: string;
  readonly adminToken: string;
  readonly bookmarkSeconds: number;
  readonly intercept: Interceptor;
  readonly requests: RequestLog;
  /** Orders a fault of the cluster; false when there is no such fault. */
  readonly orderFault: (order: Loose) => boolean;
  /** Where it is ordered. */
  readonly faultPath: string;
}

type Unrouted = Omit<ApiRequest, 'route'>;

/** As the real server's limit for a request. */
const BODY_BYTES = 3 * 1024 * 1024;
const REVIEW_PATHS = {
  '/apis/authentication.k8s.io/v1/tokenreviews': 'token',
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': 'access',
} as const;

/** The HTTPS front: who asks, what for, and which handler answers. */
export class ApiServer {
  readonly #parts: ApiServerParts;
  readonly #handlers: ObjectHandlers;
  readonly #server: Server;
  /** Watches that are open now. */
  readonly watches: OpenWatches = new Set();

  constructor(parts: ApiServerParts) {
    this.#parts = parts;
    this.#handlers = new ObjectHandlers(parts.store, parts.tokens, parts.random);
    this.#server = createServer({ key: parts.privateKey, cert: parts.certificate }, (request, response) => {
      void this.#serve(request, response);
    });
    this.#server.keepAliveTimeout = 180_000;
  }

  /** Listens on 127.0.0.1; port 0 takes a free one. Resolves to the port. Throws `port_in_use`. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const sentence = `Port ${port} of 127.0.0.1, meant for the local cluster, is taken; choose another or stop what listens there.`;
        reject(error.code === 'EADDRINUSE' ? new GantryError('port_in_use', sentence, { cause: error }) : error);
      });
      this.#server.listen(port, '127.0.0.1', () => resolve());
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends every watch and connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const watch of this.watches) watch.end();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const [path = '/', search = ''] = splitOnce(message.url ?? '/', '?');
      if (await this.#answerOpenPaths(path, response)) return;
      this.#authenticate(message);
      const body = await readBody(message);
      const request = this.#request(message, new URLSearchParams(search), body);
      await this.#logged(parseRoute(path), request, response, async () => {
        await this.#parts.intercept(request.method, path);
        await this.#dispatch(path, request, response);
      });
    } catch (error) {
      writeError(response, error);
    }
  }

  /** Does a request and tells the log what was answered. */
  async #logged(
    route: Route | null,
    request: Unrouted,
    response: ServerResponse,
    work: () => Promise<void>,
  ): Promise<void> {
    const told = route === null ? () => undefined : this.#parts.requests.begin({ ...request, route });
    try {
      await work();
      told(response.statusCode);
    } catch (error) {
      told(error instanceof ApiStatusError ? error.code : 500);
      throw error;
    }
  }

  async #answerOpenPaths(path: string, response: ServerResponse): Promise<boolean> {
    if (path !== '/healthz' && path !== '/livez' && path !== '/readyz') return false;
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
    return true;
  }

  /** The administrator's token opens everything; an account's token is known, and allowed nothing. */
  #authenticate(message: IncomingMessage): void {
    const token = /^Bearer (.+)$/i.exec(message.headers.authorization ?? '')?.[1] ?? '';
    if (sameText(token, this.#parts.adminToken)) return;
    const verdict = token === '' ? { error: 'none' } : this.#parts.tokens.review(token, [API_AUDIENCE]);
    if ('error' in verdict) throw new ApiStatusError(401, 'Unauthorized', 'Unauthorized');
    const { plural, verb, namespace } = describeRequest(message);
    const where = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`;
    const text = `${plural} is forbidden: User "${verdict.user.username}" cannot ${verb} resource "${plural}" in API group "" ${where}`;
    throw new ApiStatusError(403, 'Forbidden', text, { kind: plural });
  }

  #request(message: IncomingMessage, query: URLSearchParams, body: Buffer): Unrouted {
    return {
      method: message.method ?? 'GET',
      query,
      accept: message.headers.accept ?? '',
      contentType: message.headers['content-type'] ?? 'application/json',
      body,
      now: this.#parts.clock.now(),
    };
  }

  async #dispatch(path: string, request: Unrouted, response: ServerResponse): Promise<void> {
    const route = parseRoute(path);
    if (route === null) this.#answerPlain({ ...request, route: NOWHERE }, path, response);
    else await this.#answerRoute({ ...request, route }, response);
  }

  async #answerRoute(request: ApiRequest, response: ServerResponse): Promise<void> {
    const { route, query } = request;
    const { store, logs } = this.#parts;
    const watching = query.get('watch') === 'true' || query.get('watch') === '1';
    if (request.method === 'GET' && route.subresource === null && watching) {
      const options = { bookmarkSeconds: this.#parts.bookmarkSeconds, random: this.#parts.random, open: this.watches };
      return serveWatch(store, request, response, options);
    }
    if (request.method === 'GET' && route.subresource === 'log' && route.resource.kind === 'Pod') {
      const pod = store.need('pods', route.namespace, route.name as string) as Pod;
      return answerPodLog(logs, pod, request, response);
    }
    const answer = this.#handlers.handle(request);
    writeJson(response, answer.code, answer.body as KubernetesObject);
  }

  #answerOrder(request: ApiRequest, response: ServerResponse): void {
    if (request.method !== 'POST') throw methodNotAllowed();
    if (!this.#parts.orderFault(bodyObject(request))) throw badRequest('there is no such fault');
    writeJson(response, 200, { kind: 'Status', apiVersion: 'v1', metadata: { name: '' }, status: 'Success' });
  }

  #answerPlain(request: ApiRequest, path: string, response: ServerResponse): void {
    if (path === this.#parts.faultPath) {
      this.#answerOrder(request, response);
      return;
    }
    const document = discoveryDocument(path);
    if (document !== null) {
      if (request.method !== 'GET') throw methodNotAllowed();
      writeJson(response, 200, document as KubernetesObject);
      return;
    }
    const review = Object.hasOwn(REVIEW_PATHS, path) ? REVIEW_PATHS[path as keyof typeof REVIEW_PATHS] : undefined;
    if (review === undefined) throw noSuchResource();
    if (request.method !== 'POST') throw methodNotAllowed();
    const sent = bodyObject(request);
    const answer = review === 'token' ? reviewToken(this.#parts.tokens, sent) : reviewAccess(sent);
    writeJson(response, answer.code, answer.body as KubernetesObject);
  }
}

/** Stands in where a path names no resource. */
const NOWHERE = { resource: null, namespace: null, name: null, subresource: null } as unknown as Route;

function describeRequest(message: IncomingMessage): { plural: string; verb: string; namespace: string | null } {
  const [path = '/'] = splitOnce(message.url ?? '/', '?');
  const route = parseRoute(path);
  const verbs: Readonly<Record<string, string>> = {
    GET: route?.name == null ? 'list' : 'get',
    POST: 'create',
    PUT: 'update',
    PATCH: 'patch',
    DELETE: 'delete',
  };
  return {
    plural: route?.resource.plural ?? path,
    verb: verbs[message.method ?? 'GET'] ?? 'get',
    namespace: route?.namespace ?? null,
  };
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES)
      throw new ApiStatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${BODY_BYTES}`, {});
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function writeJson(response: ServerResponse, code: number, object: KubernetesObject): void {
  const text = jsonOf(object);
  response.writeHead(code, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

function writeError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const known =
    error instanceof ApiStatusError
      ? error
      : new ApiStatusError(500, 'InternalError', `Internal error occurred: ${String(error)}`);
  const retry = known.details?.retryAfterSeconds;
  if (retry !== undefined) response.setHeader('retry-after', String(retry));
  writeJson(response, known.code, known.body() as KubernetesObject);
}

function sameText(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
