import type { StringDecoder } from 'node:string_decoder';
import type { LogLine } from '../model/execution-api.ts';
import { MOST_LINE_BYTES, tidyText } from './log-chunks.ts';
import type { SecretMask } from './secret-mask.ts';

type StreamName = 'stdout' | 'stderr';
type Write = NodeJS.WriteStream['write'];
type RealWrite = (...given: readonly unknown[]) => boolean;

const LEVEL_OF = { stdout: 'info', stderr: 'error' } as const;

/**
 * What user code writes to stdout and stderr, `console` included, as lines for the log; the real streams get it too, both with secrets masked.
 * The streams are only made when user code first touches them, as they cost a short task a few milliseconds.
 */
export class OutputCapture {
  readonly #take: (line: LogLine) => void;
  readonly #now: () => number;
  readonly #unfinished = { stdout: '', stderr: '' };
  /** Streams whose present line is too long; what follows up to its end is left out. */
  readonly #overlong = { stdout: false, stderr: false };
  readonly #decoders: { stdout: StringDecoder | null; stderr: StringDecoder | null } = { stdout: null, stderr: null };

  /** How much of the unfinished line the real stream has already: what was written before there was a secret to mask. */
  readonly #passed = { stdout: 0, stderr: 0 };
  readonly #mask: SecretMask;
  /** Writes to the real streams that were made. */
  readonly #real: { stdout: RealWrite | null; stderr: RealWrite | null } = { stdout: null, stderr: null };

  constructor(take: (line: LogLine) => void, now: () => number, mask: SecretMask) {
    this.#take = take;
    this.#now = now;
    this.#mask = mask;
  }

  start(): void {
    this.#replace('stdout');
    this.#replace('stderr');
  }

  /** Takes the last lines, which have no end. */
  flush(): void {
    for (const name of ['stdout', 'stderr'] as const) {
      const rest = this.#unfinished[name];
      if (rest === '') continue;
      this.#emit(name, rest);
      if (!this.#mask.isEmpty) this.#real[name]?.(this.#mask.apply(rest.slice(this.#passed[name])));
      this.#unfinished[name] = '';
      this.#passed[name] = 0;
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
    const write = stream.write.bind(stream) as RealWrite;
    this.#real[name] = write;
    // Who reads the real stream may be gone; that is no fault of the task.
    stream.on('error', () => {});
    stream.write = ((...given: readonly unknown[]) => {
      const shown = this.#written(name, given[0], given[1]);
      if (shown === null) return write(...given);
      const then = given.find((each) => typeof each === 'function');
      return then === undefined ? write(shown) : write(shown, then);
    }) as Write;
  }

  /** What the real stream gets instead of what was written; null for the same. Where secrets are masked it gets whole lines. */
  #written(name: StreamName, data: unknown, encoding: unknown): string | null {
    const text = this.#textOf(name, data, encoding);
    if (text === null) return null;
    const parts = (this.#unfinished[name] + text).split('\n');
    const rest = parts.pop() ?? '';
    const shown: string[] = [];
    for (const part of parts) {
      if (!this.#overlong[name]) {
        this.#emit(name, part);
        shown.push(`${this.#mask.apply(part.slice(this.#passed[name]))}\n`);
      } else shown.push('\n');
      this.#overlong[name] = false;
      this.#passed[name] = 0;
    }
    shown.push(this.#keepRest(name, rest));
    if (!this.#mask.isEmpty) return shown.join('');
    this.#passed[name] = this.#unfinished[name].length;
    return null;
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

  /** Answers what the real stream gets of it at once: the beginning of a line that is too long to be kept. */
  #keepRest(name: StreamName, rest: string): string {
    if (this.#overlong[name]) return '';
    this.#unfinished[name] = rest;
    if (rest.length <= MOST_LINE_BYTES) return '';
    this.#take(this.#line(name, this.#mask.applyToPart(rest)));
    this.#unfinished[name] = '';
    this.#overlong[name] = true;
    return this.#mask.applyToPart(rest.slice(this.#passed[name]));
  }

  #emit(name: StreamName, text: string): void {
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    this.#take(this.#line(name, this.#mask.apply(line)));
  }

  #line(name: StreamName, text: string): LogLine {
    return { at: this.#now(), level: LEVEL_OF[name], stream: name, text: tidyText(text) };
  }
}
