import { type HttpAnswer, MOST_ANSWER_BYTES } from './http-answer.ts';

interface Head {
  readonly status: number;
  readonly bodyStart: number;
  /** -1: the body ends with the connection. */
  readonly length: number;
  readonly chunked: boolean;
  readonly keepAlive: boolean;
}

/** Reads one HTTP/1.1 answer from the pieces of a connection. */
export class AnswerReader {
  #parts: Buffer[] = [];
  #total = 0;
  #head: Head | null = null;

  get isEmpty(): boolean {
    return this.#total === 0;
  }

  /** True when the connection may carry another exchange. */
  get keepsAlive(): boolean {
    return this.#head?.keepAlive === true && this.#head.length >= -1 && (this.#head.chunked || this.#head.length >= 0);
  }

  /** Takes a piece; gives the answer once it is whole. Throws when this is no HTTP. */
  take(piece: Buffer): HttpAnswer | null {
    this.#parts.push(piece);
    this.#total += piece.length;
    if (this.#total > MOST_ANSWER_BYTES) throw new Error('The answer is larger than 64 MiB.');
    this.#head ??= readHead(this.#join());
    const head = this.#head;
    if (head === null) return null;
    if (head.chunked) return this.#chunkedAnswer(head);
    if (head.length < 0 || this.#total < head.bodyStart + head.length) return null;
    return this.#answer(head, this.#join().subarray(head.bodyStart, head.bodyStart + head.length));
  }

  /** The connection has ended: whole only for an answer without a length. */
  end(): HttpAnswer | null {
    const head = this.#head;
    if (head === null || head.chunked || head.length >= 0) return null;
    return this.#answer(head, this.#join().subarray(head.bodyStart));
  }

  #chunkedAnswer(head: Head): HttpAnswer | null {
    const last = this.#parts.at(-1);
    if (last !== undefined && last.length >= 5 && !last.includes('0\r\n')) return null;
    const body = joinChunks(this.#join(), head.bodyStart);
    return body === null ? null : this.#answer(head, body);
  }

  #answer(head: Head, body: Buffer): HttpAnswer {
    return { status: head.status, body: body.toString('utf8') };
  }

  #join(): Buffer {
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts)];
    return this.#parts[0] ?? Buffer.alloc(0);
  }
}

function readHead(bytes: Buffer): Head | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) {
    if (bytes.length > 64 * 1024) throw new Error('The head of the answer is larger than 64 KiB.');
    return null;
  }
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = /^HTTP\/1\.([01]) (\d{3})/.exec(statusLine);
  if (!status) throw new Error(`The answer is not HTTP/1.1 but begins with "${statusLine.slice(0, 40)}".`);
  const headers = new Map(lines.map((line) => [nameOf(line), line.slice(line.indexOf(':') + 1).trim()]));
  const code = Number(status[2]);
  const hasNoBody = code === 204 || code === 304;
  return {
    status: code,
    bodyStart: end + 4,
    length: hasNoBody ? 0 : Number(headers.get('content-length') ?? -1),
    chunked: !hasNoBody && /chunked/i.test(headers.get('transfer-encoding') ?? ''),
    keepAlive: status[1] === '1' && !/close/i.test(headers.get('connection') ?? ''),
  };
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':')).trim().toLowerCase();
}

/** The body of a chunked answer, or null while its last chunk has not come. */
function joinChunks(bytes: Buffer, start: number): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (!Number.isInteger(size) || size < 0) throw new Error('The chunks of the answer cannot be read.');
    const from = lineEnd + 2;
    if (size === 0) return bytes.indexOf('\r\n', from) < 0 ? null : Buffer.concat(parts);
    if (bytes.length < from + size + 2) return null;
    parts.push(bytes.subarray(from, from + size));
    at = from + size + 2;
  }
}
