import { createConnection, type Socket } from 'node:net';
import { AnswerReader } from './answer-reader.ts';
import type { HttpAnswer, HttpConnection, HttpRequest } from './http-answer.ts';

/**
 * HTTP/1.1 on a bare socket, one exchange after the other. node:http would do the same, but loading it and making its
 * first request costs a short task a tenth of its whole time.
 */
export class PlainConnection implements HttpConnection {
  readonly #host: string;
  readonly #port: number;
  readonly #hostHeader: string;
  #socket: Socket | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(url: URL) {
    this.#host = url.hostname.replace(/^\[|\]$/g, '');
    this.#port = Number(url.port || 80);
    this.#hostHeader = url.host;
  }

  exchange(request: HttpRequest): Promise<HttpAnswer> {
    const turn = this.#last.then(() => this.#exchange(request));
    this.#last = turn.catch(() => {});
    return turn;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  async #exchange(request: HttpRequest): Promise<HttpAnswer> {
    const reused = this.#socket !== null && !this.#socket.destroyed;
    try {
      return await this.#once(request);
    } catch (error) {
      // A server closes idle connections when it likes. All requests of the protocol may be repeated.
      if (!reused || !(error instanceof ClosedBeforeAnswer)) throw error;
      return await this.#once(request);
    }
  }

  #once(request: HttpRequest): Promise<HttpAnswer> {
    const socket = this.#connected();
    const reader = new AnswerReader();
    return new Promise<HttpAnswer>((resolve, reject) => {
      const settle = (answer: HttpAnswer | null, error?: Error) => {
        clearTimeout(timer);
        socket.removeListener('data', onData).removeListener('error', onError).removeListener('close', onClose);
        if (answer === null || !reader.keepsAlive) this.close();
        // An idle connection must not keep a process up whose task waits for nothing.
        else socket.unref();
        if (answer === null) reject(error);
        else resolve(answer);
      };
      const onData = (piece: Buffer) => {
        try {
          const answer = reader.take(piece);
          if (answer !== null) settle(answer);
        } catch (error) {
          settle(null, error as Error);
        }
      };
      const onError = (error: Error) => settle(null, reader.isEmpty ? new ClosedBeforeAnswer(error.message) : error);
      const onClose = () => settle(reader.end(), new ClosedBeforeAnswer('the connection was closed before the answer'));
      const timer = setTimeout(
        () => settle(null, new Error(`no answer within ${Math.round(request.timeoutMilliseconds)} ms`)),
        request.timeoutMilliseconds,
      );
      socket.ref().on('data', onData).on('error', onError).on('close', onClose);
      socket.write(this.#bytesOf(request));
    });
  }

  #connected(): Socket {
    if (this.#socket === null || this.#socket.destroyed) {
      this.#socket = createConnection({ host: this.#host, port: this.#port, noDelay: true });
      // An idle connection that breaks must not break the process.
      this.#socket.on('error', () => {});
    }
    return this.#socket;
  }

  #bytesOf({ method, path, token, body }: HttpRequest): string {
    const length =
      body === null ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
    const head = `${method} ${path} HTTP/1.1\r\nHost: ${this.#hostHeader}\r\nAuthorization: Bearer ${token}\r\n`;
    return `${head}Accept: application/json\r\n${length}\r\n${body ?? ''}`;
  }
}

class ClosedBeforeAnswer extends Error {}
