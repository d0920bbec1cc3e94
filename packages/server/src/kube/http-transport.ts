import {
  type Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '@gantry/sdk/model';
import { connectionPool } from './connection-pool.ts';
import type { KubeConnection } from './kube-connection.ts';
import { KubeError } from './kube-error.ts';
import { errorFromNetwork } from './network-error.ts';

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query, without the server's own prefix. */
  readonly path: string;
  readonly body?: string;
  readonly accept: string;
  /** `write`: creates and deletes; `read`: all else. Each has connections of its own, so a list never delays a launch. */
  readonly pool: 'write' | 'read';
  /** A longer answer is refused. */
  readonly answerBytes: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Buffer>;
}

/** What carries calls to an API server: HTTP, or a stand-in of a test. */
export interface KubeTransport {
  readonly connectionsOpened: number;
  /** How long ago the newest connection was made; a fresh one may meet an API server that has just started. */
  readonly millisecondsSinceConnect: number;
  /** Sends a call and reads the whole answer. Rejects with `unreachable` or `timeout` when there is none. */
  send(call: HttpCall): Promise<HttpAnswer>;
  /** Sends a call on a connection of its own and hands out the answer as it comes, without a limit on its length or silence. */
  open(call: Omit<HttpCall, 'pool' | 'answerBytes'>): Promise<HttpStream>;
  /** Ends all connections, used ones too. */
  close(): void;
}

export interface TransportOptions {
  readonly clock: Clock;
  readonly connectSeconds: number;
  readonly readSeconds: number;
  readonly writeConnections: number;
  readonly tcpKeepIdleSeconds: number | null;
}

const READ_CONNECTIONS = 16;

/** HTTP/1.1 to one API server on keep-alive connections. Knows the credential, but nothing of Kubernetes' objects. */
export class HttpTransport implements KubeTransport {
  readonly #connection: KubeConnection;
  readonly #options: TransportOptions;
  readonly #pools: { readonly write: Agent; readonly read: Agent; readonly stream: Agent };
  readonly #prefix: string;
  #connectionsOpened = 0;
  #lastOpenedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(connection: KubeConnection, options: TransportOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#prefix = connection.server.pathname.replace(/\/+$/, '');
    const pool = (connections: number, keepAlive: boolean) =>
      connectionPool(connection, {
        connections,
        keepAlive,
        connectMilliseconds: options.connectSeconds * 1000,
        tcpKeepIdleMilliseconds: options.tcpKeepIdleSeconds === null ? null : options.tcpKeepIdleSeconds * 1000,
        opened: () => this.#opened(),
      });
    this.#pools = {
      write: pool(options.writeConnections, true),
      read: pool(READ_CONNECTIONS, true),
      stream: pool(Number.POSITIVE_INFINITY, false),
    };
  }

  get connectionsOpened(): number {
    return this.#connectionsOpened;
  }

  get millisecondsSinceConnect(): number {
    return this.#options.clock.monotonic() - this.#lastOpenedAt;
  }

  async send(call: HttpCall): Promise<HttpAnswer> {
    const { message, quiet } = await this.#start(call, this.#pools[call.pool]);
    const chunks: Buffer[] = [];
    let bytes = 0;
    return await new Promise<HttpAnswer>((resolve, reject) => {
      let whole = false;
      const fail = (error: unknown) => {
        quiet.stop();
        reject(quiet.error ?? errorFromNetwork(error, this.#connection.server));
      };
      message.on('data', (chunk: Buffer) => {
        quiet.reset();
        bytes += chunk.length;
        if (bytes > call.answerBytes) message.destroy(tooLong(call));
        else chunks.push(chunk);
      });
      message.on('end', () => {
        whole = true;
        quiet.stop();
        const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
        resolve({ status: message.statusCode ?? 0, headers: message.headers, body });
      });
      message.on('error', fail);
      message.on('close', () => {
        // Every answer closes; an error object for each, with its stack, was 2 % of a scheduler's time.
        if (!whole) fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
      });
    });
  }

  async open(call: Omit<HttpCall, 'pool' | 'answerBytes'>): Promise<HttpStream> {
    const { message, quiet } = await this.#start({ ...call, pool: 'read', answerBytes: 0 }, this.#pools.stream);
    quiet.stop();
    return { status: message.statusCode ?? 0, headers: message.headers, body: message };
  }

  close(): void {
    this.#closed = true;
    for (const pool of Object.values(this.#pools)) pool.destroy();
  }

  async #start(call: HttpCall, agent: Agent): Promise<{ message: IncomingMessage; quiet: QuietTimer }> {
    if (this.#closed) throw new KubeError({ kind: 'unreachable', message: 'The Kubernetes client is closed.' });
    const request = await this.#request(call, agent);
    const quiet = new QuietTimer(request, this.#options.readSeconds, call);
    try {
      const message = await new Promise<IncomingMessage>((resolve, reject) => {
        request.once('response', resolve);
        request.on('error', reject);
        request.end(call.body);
      });
      quiet.reset();
      return { message, quiet };
    } catch (error) {
      quiet.stop();
      if (call.signal?.aborted)
        throw new KubeError({ kind: 'unreachable', reason: 'ABORTED', message: 'The call was given up.' });
      const mapped = errorFromNetwork(error, this.#connection.server);
      throw request.reusedSocket && mapped.reason === 'ECONNRESET' ? staleConnection(mapped) : mapped;
    }
  }

  async #request(call: HttpCall, agent: Agent): Promise<ClientRequest> {
    const identity = await this.#connection.credential.identity();
    const { server, tls } = this.#connection;
    const headers: { [name: string]: string | number } = { accept: call.accept, 'user-agent': 'gantry' };
    if (identity.authorization !== null) headers.authorization = identity.authorization;
    if (call.body !== undefined) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = Buffer.byteLength(call.body);
    }
    const certificate =
      identity.certificate === null ? {} : { cert: identity.certificate, key: identity.key ?? undefined };
    const options = {
      ...certificate,
      ca: identity.certificateAuthority ?? tls.certificateAuthority ?? undefined,
      agent,
      method: call.method,
      host: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port || (server.protocol === 'http:' ? 80 : 443),
      path: this.#prefix + call.path,
      headers,
      signal: call.signal,
    };
    return server.protocol === 'http:' ? httpRequest(options) : httpsRequest(options);
  }

  #opened(): void {
    this.#connectionsOpened++;
    this.#lastOpenedAt = this.#options.clock.monotonic();
  }
}

/** Ends a request whose answer is silent for too long. Waiting in line for a connection does not count. */
class QuietTimer {
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;
  /** Set once it has ended the request; Node then only says that the connection was cut. */
  error: KubeError | null = null;

  constructor(request: ClientRequest, seconds: number, call: HttpCall) {
    const expired = () => {
      const message = `The Kubernetes API did not answer "${call.method} ${call.path.split('?')[0]}" within ${seconds} s.`;
      this.error = new KubeError({ kind: 'timeout', message });
      request.destroy(this.error);
    };
    request.once('socket', () => {
      if (!this.#stopped) this.#timer = setTimeout(expired, seconds * 1000);
    });
  }

  reset(): void {
    this.#timer?.refresh();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** The server had closed a connection that we thought open: most likely the call never reached it. */
export const STALE_CONNECTION = 'STALE_CONNECTION';

function staleConnection(error: KubeError): KubeError {
  return new KubeError({ kind: error.kind, reason: STALE_CONNECTION, message: error.message }, { cause: error });
}

function tooLong(call: HttpCall): KubeError {
  const message = `The answer to "${call.method} ${call.path.split('?')[0]}" is longer than ${call.answerBytes} bytes.`;
  return new KubeError({ kind: 'server', reason: 'ANSWER_TOO_LONG', message });
}
