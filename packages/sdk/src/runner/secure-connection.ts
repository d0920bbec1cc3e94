import type { Agent, RequestOptions } from 'node:https';
import { type HttpAnswer, type HttpConnection, type HttpRequest, MOST_ANSWER_BYTES } from './http-answer.ts';

/** HTTP over TLS, by Node's own client, which is loaded when the first request needs it. */
export class SecureConnection implements HttpConnection {
  readonly #url: URL;
  #agent: Agent | null = null;

  constructor(url: URL) {
    this.#url = url;
  }

  exchange(request: HttpRequest): Promise<HttpAnswer> {
    const https = process.getBuiltinModule('node:https');
    this.#agent ??= new https.Agent({ keepAlive: true, maxSockets: 1 });
    const options = this.#optionsOf(request);
    return new Promise((resolve, reject) => {
      const outgoing = https.request(this.#url, options, (incoming) => {
        const parts: Buffer[] = [];
        let total = 0;
        incoming.on('data', (part: Buffer) => {
          parts.push(part);
          total += part.length;
          if (total > MOST_ANSWER_BYTES) incoming.destroy(new Error('The answer is larger than 64 MiB.'));
        });
        incoming.once('error', reject);
        incoming.once('end', () => {
          clearTimeout(timer);
          resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') });
        });
      });
      const timer = setTimeout(
        () => outgoing.destroy(new Error(`no answer within ${Math.round(request.timeoutMilliseconds)} ms`)),
        request.timeoutMilliseconds,
      );
      outgoing.once('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      outgoing.end(request.body ?? undefined);
    });
  }

  close(): void {
    this.#agent?.destroy();
    this.#agent = null;
  }

  #optionsOf({ method, path, token, body }: HttpRequest): RequestOptions {
    const length =
      body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return {
      method,
      path,
      agent: this.#agent ?? undefined,
      headers: { authorization: `Bearer ${token}`, accept: 'application/json', ...length },
    };
  }
}
