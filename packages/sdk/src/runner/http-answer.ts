/** A request to the API server as both transports take it. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly token: string;
  /** JSON text; null for none. */
  readonly body: string | null;
  /** For the whole exchange, from the connection to the last byte. */
  readonly timeoutMilliseconds: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** One keep-alive connection; exchanges on it go one after the other. Rejects when no whole answer came. */
export interface HttpConnection {
  exchange(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

/** Nothing the API answers is larger: a bundle is the largest. */
export const MOST_ANSWER_BYTES = 64 * 1024 * 1024;
