import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Loose } from '../../packages/server/src/cluster/api/kubernetes-object.ts';
import type { Pod } from '../../packages/server/src/cluster/pod.ts';
import { loadKubeConnection } from '../../packages/server/src/kube/kube-config.ts';
import type { KubeConnection } from '../../packages/server/src/kube/kube-connection.ts';
import { realClock } from '../support/scripted-kube-api.ts';

export interface KubeAnswer {
  readonly code: number;
  /** Null when the answer is no JSON object. */
  readonly body: Loose | null;
  readonly text: string;
}

export interface WatchedEvent {
  readonly type: string;
  readonly object: Loose & { readonly metadata: Loose };
}

export interface Watched {
  readonly code: number;
  readonly events: readonly WatchedEvent[];
  /** True when the server ended the stream, false when we left. */
  readonly ended: boolean;
}

interface RequestOptions {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** Instead of the kubeconfig's own credential. */
  readonly token?: string;
}

/** Plain HTTPS with the credential of a kubeconfig: what is on the wire, nothing smoothed over. */
export class KubeSession {
  readonly connection: KubeConnection;
  readonly #agent: Agent;

  private constructor(connection: KubeConnection) {
    this.connection = connection;
    this.#agent = new Agent({
      keepAlive: true,
      ca: connection.tls.certificateAuthority ?? undefined,
      rejectUnauthorized: connection.tls.verify,
    });
  }

  static async open(kubeconfig: string): Promise<KubeSession> {
    const connection = await loadKubeConnection({
      inCluster: false,
      configFile: kubeconfig,
      context: null,
      verifySsl: true,
      sslCaCert: null,
      environment: {},
      clock: realClock,
    });
    return new KubeSession(connection);
  }

  close(): void {
    this.#agent.destroy();
  }

  async send(method: string, path: string, options: RequestOptions = {}): Promise<KubeAnswer> {
    const outgoing = await this.#request(method, path, options);
    return new Promise((resolve, reject) => {
      outgoing.on('error', reject);
      outgoing.on('response', (message) => {
        const chunks: Buffer[] = [];
        message.on('data', (chunk: Buffer) => chunks.push(chunk));
        message.on('error', reject);
        message.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ code: message.statusCode ?? 0, text, body: jsonObject(text) });
        });
      });
      outgoing.end(bodyText(options));
    });
  }

  /**
   * Reads a watch until `until` says so, the server ends it, or `seconds` are over. `started` is called once the server
   * has answered, so that what it does is not missed.
   */
  async watch(
    path: string,
    options: {
      readonly until?: (events: readonly WatchedEvent[]) => boolean;
      readonly seconds?: number;
      readonly accept?: string;
      readonly started?: () => unknown;
    } = {},
  ): Promise<Watched> {
    const outgoing = await this.#request('GET', path, options.accept === undefined ? {} : { accept: options.accept });
    const events: WatchedEvent[] = [];
    return new Promise((resolve, reject) => {
      let code = 0;
      let over = false;
      const done = (ended: boolean): void => {
        over = true;
        clearTimeout(timer);
        outgoing.destroy();
        resolve({ code, events, ended });
      };
      const timer = setTimeout(() => done(false), (options.seconds ?? 30) * 1000);
      outgoing.on('error', (error) => over || reject(error));
      outgoing.on('response', (message) => {
        code = message.statusCode ?? 0;
        let rest = '';
        message.on('data', (chunk: Buffer) => {
          const lines = (rest + chunk.toString('utf8')).split('\n');
          rest = lines.pop() ?? '';
          events.push(...lines.filter((line) => line !== '').map((line) => JSON.parse(line) as WatchedEvent));
          if (!over && options.until?.(events)) done(false);
        });
        message.on('error', (error) => over || reject(error));
        message.on('end', () => over || done(true));
        options.started?.();
      });
      outgoing.end();
    });
  }

  async #request(method: string, path: string, options: RequestOptions) {
    const { server } = this.connection;
    const identity = await this.connection.credential.identity();
    const authorization = options.token === undefined ? identity.authorization : `Bearer ${options.token}`;
    const certificate =
      options.token !== undefined || identity.certificate === null
        ? {}
        : { cert: identity.certificate, key: identity.key ?? undefined };
    return request({
      ...certificate,
      method,
      agent: this.#agent,
      host: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port || 443,
      path: server.pathname.replace(/\/+$/, '') + path,
      servername: this.connection.tls.serverName ?? '',
      headers: {
        accept: options.accept ?? 'application/json',
        ...(authorization === null ? {} : { authorization }),
        ...(options.body === undefined
          ? {}
          : {
              'content-type': options.contentType ?? 'application/json',
              // Node sends none by itself with a DELETE, and the body would be taken for the next request.
              'content-length': Buffer.byteLength(bodyText(options) ?? ''),
            }),
      },
    });
  }
}

/** Asks until an answer is found; fails with the last one after a generous time. */
export async function until<Found>(
  what: string,
  ask: () => Promise<KubeAnswer>,
  found: (answer: KubeAnswer) => Found | null,
  seconds = 60,
): Promise<Found> {
  let answer: KubeAnswer | null = null;
  for (const end = realClock.monotonic() + seconds * 1000; realClock.monotonic() < end; ) {
    answer = await ask();
    const seen = found(answer);
    if (seen !== null) return seen;
    await sleep(100);
  }
  throw new Error(`It did not happen within ${seconds} s: ${what}. The last answer: ${answer?.code} ${answer?.text}`);
}

export function asPod(answer: { readonly body: Loose | null }): Pod {
  return answer.body as unknown as Pod;
}

/** The resourceVersion of any object, or of a list. */
export function versionOf(object: unknown): string {
  return (object as { readonly metadata: { readonly resourceVersion: string } }).metadata.resourceVersion;
}

export function namesOf(list: Loose | null): readonly string[] {
  return ((list?.items ?? []) as readonly { readonly metadata: { readonly name: string } }[]).map(
    (item) => item.metadata.name,
  );
}

function bodyText({ body }: RequestOptions): string | undefined {
  return body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
}

function jsonObject(text: string): Loose | null {
  try {
    return JSON.parse(text) as Loose;
  } catch {
    return null;
  }
}
