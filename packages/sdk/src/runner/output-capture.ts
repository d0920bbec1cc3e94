import type { StringDecoder } from 'node:string_decoder';
import type { LogLine } from '../model/execution-api.ts';
import { MOST_LINE_BYTES, tidyText } from './log-chunks.ts';

type StreamName = 'stdout' | 'stderr';
type Write = NodeJS.WriteStream['write'];

const LEVEL_OF = { stdout: 'info', stderr: 'error' } as const;

/**
 * What user code writes to stdout and stderr, `console` included, as lines for the log; the real streams get it too.
 * The streams are only made when user code first touches them, as they cost a short task a few milliseconds.
 */
export class OutputCapture {
  readonly #take: (line: LogLine) => void;
  readonly #now: () => number;
  readonly #unfinished = { stdout: '', stderr: '' };
  /** Streams whose present line is too long; what follows up to its end is left out. */
  readonly #overlong = { stdout: false, stderr: false };
  readonly #decoders: { stdout: StringDecoder | null; stderr: StringDecoder | null } = { stdout: null, stderr: null };

  constructor(take: (line: LogLine) => void, now: () => number) {
    this.#take = take;
    this.#now = now;
  }

  start(): void {
    this.#replace('stdout');
    this.#replace('stderr');
  }

  /** Takes the last lines, which have no end. */
  flush(): void {
    for (const name of ['stdout', 'stderr'] as const) {
      if (this.#unfinished[name] !== '') this.#emit(name, this.#unfinished[name]);
      this.#unfinished[name] = '';
    }
  }

  #replace(name: StreamName): void {
    const original = Object.getOwnPropertyDescriptor(process, name);
    if (!original?.get || !original.configurable) {
      this.#tap(process[name], name);
      return;
    }
    let stream: NodeJS.WriteStream | null = null;
    const get = () => {
      if (stream === null) {
        stream = original.get?.call(process) as NodeJS.WriteStream;
        this.#tap(stream, name);
      }
      return stream;
    };
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get });
  }

  #tap(stream: NodeJS.WriteStream, name: StreamName): void {
    const write = stream.write.bind(stream) as (...given: readonly unknown[]) => boolean;
    // Who reads the real stream may be gone; that is no fault of the task.
    stream.on('error', () => {});
    stream.write = ((...given: readonly unknown[]) => {
      this.#written(name, given[0], given[1]);
      return write(...given);
    }) as Write;
  }

  #written(name: StreamName, data: unknown, encoding: unknown): void {
    const text = this.#textOf(name, data, encoding);
    if (text === null) return;
    const parts = (this.#unfinished[name] + text).split('\n');
    const rest = parts.pop() ?? '';
    for (const part of parts) {
      if (!this.#overlong[name]) this.#emit(name, part);
      this.#overlong[name] = false;
    }
    this.#keepRest(name, rest);
  }

  /** Null for what a stream would refuse anyway. */
  #textOf(name: StreamName, data: unknown, encoding: unknown): string | null {
    if (typeof data === 'string') {
      const isText = typeof encoding !== 'string' || /^utf-?8$/i.test(encoding);
      return isText ? data : Buffer.from(data, encoding as BufferEncoding).toString('utf8');
    }
    if (!ArrayBuffer.isView(data)) return null;
    // A character may come in two pieces.
    this.#decoders[name] ??= new (process.getBuiltinModule('node:string_decoder').StringDecoder)('utf8');
    return this.#decoders[name].write(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  }

  #keepRest(name: StreamName, rest: string): void {
    if (this.#overlong[name]) return;
    this.#unfinished[name] = rest;
    if (rest.length <= MOST_LINE_BYTES) return;
    this.#emit(name, rest);
    this.#unfinished[name] = '';
    this.#overlong[name] = true;
  }

  #emit(name: StreamName, text: string): void {
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    this.#take({ at: this.#now(), level: LEVEL_OF[name], stream: name, text: tidyText(line) });
  }
}
