import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock, Random } from '../../packages/sdk/src/model/index.ts';
import { KubeClient, type KubeClientOptions } from '../../packages/server/src/kube/kube-client.ts';
import type { KubeConnection, KubeCredential } from '../../packages/server/src/kube/kube-connection.ts';

export const realClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };
/** Always 0: back-offs with full jitter do not wait. */
export const noJitter: Random = { uuid: () => '00000000-0000-4000-8000-000000000000', fraction: () => 0 };

export type CallKind = 'list' | 'watch' | 'create' | 'get' | 'delete' | 'cluster' | 'other';

export interface RecordedCall {
  readonly kind: CallKind;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly body: string;
}

export type Answer = (response: ServerResponse, call: RecordedCall) => void;

/**
 * An API server whose every answer is scripted: each kind of call takes its next answer, and the usual one when none is
 * left (an empty list at version 1, a watch that stays open, the cluster's id, 404).
 */
export class ScriptedKubeApi {
  readonly calls: RecordedCall[] = [];
  readonly #server: Server;
  readonly #answers = new Map<CallKind, Answer[]>();
  readonly #clients: KubeClient[] = [];

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<ScriptedKubeApi> {
    const api = new ScriptedKubeApi();
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Adds answers for the next calls of this kind. */
  next(kind: CallKind, ...answers: Answer[]): this {
    this.#answers.set(kind, [...(this.#answers.get(kind) ?? []), ...answers]);
    return this;
  }

  /** Drops the answers that are left and what was recorded. */
  forget(): void {
    this.#answers.clear();
    this.calls.length = 0;
  }

  /** Queries of the calls of one kind, in order. */
  queries(kind: CallKind): URLSearchParams[] {
    return this.calls.filter((call) => call.kind === kind).map((call) => call.query);
  }

  connection(credential?: KubeCredential): KubeConnection {
    const identity = { authorization: 'Bearer scripted', certificate: null, key: null };
    return {
      server: new URL(`http://127.0.0.1:${this.port}`),
      tls: { certificateAuthority: null, verify: true, serverName: null },
      credential: credential ?? { identity: async () => identity, forget() {} },
      namespace: 'default',
      description: 'the scripted API',
    };
  }

  client(options: Partial<KubeClientOptions> = {}, credential?: KubeCredential): KubeClient {
    const client = new KubeClient(this.connection(credential), { clock: realClock, random: noJitter, ...options });
    this.#clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://scripted');
    let body = '';
    for await (const chunk of request) body += chunk;
    const { authorization } = request.headers;
    const call = { kind: kindOf(request, url), path: url.pathname, query: url.searchParams, authorization, body };
    this.calls.push(call);
    const answer = this.#answers.get(call.kind)?.shift() ?? USUAL[call.kind];
    answer(response, call);
  }
}

function kindOf(request: IncomingMessage, url: URL): CallKind {
  if (url.pathname === '/api/v1/namespaces/kube-system') return 'cluster';
  if (request.method === 'POST') return url.pathname.endsWith('/pods') ? 'create' : 'other';
  if (request.method === 'DELETE') return 'delete';
  if (url.searchParams.has('watch')) return 'watch';
  if (url.pathname.endsWith('/pods')) return 'list';
  return /\/pods\/[^/]+$/.test(url.pathname) ? 'get' : 'other';
}

/** A JSON answer. */
export function json(status: number, body: object, headers: { readonly [name: string]: string } = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export function status(code: number, reason: string, parts: object = {}): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: `scripted ${reason}`, reason, code, ...parts };
}

/** A refusal with a Status body. */
export function refuse(
  code: number,
  reason: string,
  parts: object = {},
  headers: { readonly [name: string]: string } = {},
): Answer {
  return json(code, status(code, reason, parts), headers);
}

export function list(resourceVersion: string, items: readonly object[] = [], continueToken = ''): Answer {
  return json(200, {
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: { resourceVersion, continue: continueToken },
    items,
  });
}

export function event(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

export function bookmark(resourceVersion: string): string {
  return event('BOOKMARK', {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { resourceVersion },
    spec: { containers: null },
    status: {},
  });
}

/** A watch that sends `text` and then ends, is cut, or stays open. */
export function stream(text: string, end: 'close' | 'cut' | 'open' = 'open'): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (text === '') return finish(response, end);
    response.write(text, () => finish(response, end));
  };
}

function finish(response: ServerResponse, end: 'close' | 'cut' | 'open'): void {
  if (end === 'close') response.end();
  if (end === 'cut') response.socket?.resetAndDestroy();
}

/** Cuts the connection without an answer. */
export const hangUp: Answer = (response) => response.socket?.destroy();
/** Never answers. */
export const silent: Answer = () => {};

const USUAL: { readonly [kind in CallKind]: Answer } = {
  list: list('1'),
  watch: stream(''),
  create: json(201, { metadata: { uid: 'created-uid', resourceVersion: '7' } }),
  get: refuse(404, 'NotFound'),
  delete: json(200, {}),
  cluster: json(200, { metadata: { uid: 'cluster-1', resourceVersion: '1' } }),
  other: refuse(404, 'NotFound'),
};
