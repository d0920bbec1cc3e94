import {
  type ClaimAnswer,
  type ClaimRequest,
  EXECUTION_API_PATH,
  type HeartbeatAnswer,
  type LogChunk,
  type ReportRequest,
} from '../model/execution-api.ts';
import type { HttpConnection, HttpRequest } from './http-answer.ts';
import { PlainConnection } from './plain-connection.ts';
import { SecureConnection } from './secure-connection.ts';

/** How the API answered, as far as a worker cares. */
export type ApiAnswer<Body> =
  | { readonly kind: 'ok'; readonly body: Body }
  /** 409: the attempt is not, or no longer, this worker's. */
  | { readonly kind: 'not_yours' }
  /** It makes no sense to ask the same again. */
  | { readonly kind: 'refused'; readonly status: number; readonly sentence: string }
  /** 5xx, 429, or no answer at all. */
  | { readonly kind: 'away'; readonly sentence: string };

/** The verbs of the execution API for one attempt, each over a connection of its purpose. */
export class ApiClient {
  readonly #url: URL;
  readonly #base: string;
  readonly #connections = new Map<string, HttpConnection>();

  constructor(apiUrl: string, attemptId: string) {
    this.#url = new URL(apiUrl);
    this.#base = `${EXECUTION_API_PATH}/attempts/${encodeURIComponent(attemptId)}`;
  }

  claim(secret: string, request: ClaimRequest, timeoutMilliseconds: number): Promise<ApiAnswer<ClaimAnswer>> {
    return this.#post('main', 'claim', secret, request, timeoutMilliseconds);
  }

  heartbeat(token: string, timeoutMilliseconds: number): Promise<ApiAnswer<HeartbeatAnswer>> {
    return this.#post('heartbeat', 'heartbeat', token, {}, timeoutMilliseconds);
  }

  sendLogs(token: string, chunk: LogChunk, timeoutMilliseconds: number): Promise<ApiAnswer<null>> {
    return this.#post('logs', 'logs', token, chunk, timeoutMilliseconds);
  }

  report(token: string, request: ReportRequest, timeoutMilliseconds: number): Promise<ApiAnswer<null>> {
    return this.#post('main', 'report', token, request, timeoutMilliseconds);
  }

  /** Reads below the attempt, e.g. `variables/NAME`. */
  read(token: string, path: string, timeoutMilliseconds: number): Promise<ApiAnswer<unknown>> {
    const request = { method: 'GET', path: `${this.#base}/${path}`, token, body: null, timeoutMilliseconds } as const;
    return this.#ask('values', request);
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  #post<Body>(purpose: string, verb: string, token: string, body: unknown, timeoutMilliseconds: number) {
    const path = `${this.#base}/${verb}`;
    return this.#ask<Body>(purpose, { method: 'POST', path, token, body: JSON.stringify(body), timeoutMilliseconds });
  }

  async #ask<Body>(purpose: string, request: HttpRequest): Promise<ApiAnswer<Body>> {
    try {
      const { status, body } = await this.#connection(purpose).exchange(request);
      if (status === 204) return { kind: 'ok', body: null as Body };
      if (status >= 200 && status < 300) return { kind: 'ok', body: JSON.parse(body) as Body };
      if (status === 409) return { kind: 'not_yours' };
      const sentence = sentenceOf(status, body);
      if (status >= 500 || status === 429 || status === 408) return { kind: 'away', sentence };
      return { kind: 'refused', status, sentence };
    } catch (error) {
      return { kind: 'away', sentence: `The API server at ${this.#url.origin} does not answer: ${reasonOf(error)}.` };
    }
  }

  #connection(purpose: string): HttpConnection {
    let connection = this.#connections.get(purpose);
    if (!connection) {
      connection = this.#url.protocol === 'https:' ? new SecureConnection(this.#url) : new PlainConnection(this.#url);
      this.#connections.set(purpose, connection);
    }
    return connection;
  }
}

function sentenceOf(status: number, body: string): string {
  try {
    const { detail } = JSON.parse(body) as { detail?: unknown };
    if (typeof detail === 'string') return `The API server answered ${status}: ${detail.slice(0, 500)}`;
  } catch {
    // Not our own error body; the status says enough.
  }
  return `The API server answered ${status}.`;
}

function reasonOf(error: unknown): string {
  return (error as Error).message.replace(/\.$/, '');
}
