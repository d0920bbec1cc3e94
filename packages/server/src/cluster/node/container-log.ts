import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '@gantry/sdk/model';

/** As the container runtimes: a longer line is written in pieces. */
const PIECE_BYTES = 16 * 1024;
const NEWLINE = 10;

/**
 * The log of one run of one container, in the kubelet's format: `TIME STREAM TAG TEXT`, the tag `F` for a whole line
 * and `P` for a piece. When the file is full it is put aside once and a new one is begun, so a log is bounded.
 */
export class ContainerLog {
  readonly path: string;
  readonly #clock: Clock;
  readonly #fileBytes: number;
  readonly #pending: Record<'stdout' | 'stderr', Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  readonly #readers = new Set<() => void>();
  #descriptor: number;
  #bytes = 0;
  /** How often the file was begun anew; a reader notices by it that its place is gone. */
  rotations = 0;
  ended = false;

  constructor(path: string, clock: Clock, fileBytes: number) {
    this.path = path;
    this.#clock = clock;
    this.#fileBytes = fileBytes;
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = openSync(path, 'w', 0o600);
  }

  /** The file before the present one. */
  get olderPath(): string {
    return `${this.path}.1`;
  }

  append(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    let rest = this.#pending[stream].length === 0 ? chunk : Buffer.concat([this.#pending[stream], chunk]);
    let records = '';
    const time = this.#time();
    for (;;) {
      const end = rest.indexOf(NEWLINE);
      if (end === -1 && rest.length < PIECE_BYTES) break;
      const whole = end !== -1 && end <= PIECE_BYTES;
      const text = rest.subarray(0, whole ? end : PIECE_BYTES).toString('utf8');
      records += `${time} ${stream} ${whole ? 'F' : 'P'} ${text}\n`;
      rest = rest.subarray(whole ? end + 1 : PIECE_BYTES);
    }
    this.#pending[stream] = Buffer.from(rest);
    if (records !== '') this.#write(records);
  }

  /** Writes what had no newline and closes the file. */
  end(): void {
    if (this.ended) return;
    for (const stream of ['stdout', 'stderr'] as const) {
      const rest = this.#pending[stream];
      if (rest.length > 0) this.#write(`${this.#time()} ${stream} P ${rest.toString('utf8')}\n`);
    }
    this.ended = true;
    closeSync(this.#descriptor);
    this.#wake();
  }

  /** Resolves when there is more to read, at the end, or when the signal aborts. */
  async changed(signal: AbortSignal): Promise<void> {
    if (this.ended || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#readers.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#readers.add(done);
      signal.addEventListener('abort', done);
    });
  }

  /** A full disk loses log lines, never the container. */
  #write(text: string): void {
    if (this.ended) return;
    try {
      if (this.#bytes > this.#fileBytes) this.#rotate();
      this.#bytes += writeSync(this.#descriptor, text);
    } catch {
      return;
    }
    this.#wake();
  }

  #rotate(): void {
    closeSync(this.#descriptor);
    renameSync(this.path, this.olderPath);
    this.#descriptor = openSync(this.path, 'w', 0o600);
    this.#bytes = 0;
    this.rotations += 1;
  }

  #wake(): void {
    for (const reader of [...this.#readers]) reader();
  }

  #time(): string {
    return new Date(this.#clock.now()).toISOString().replace('Z', '000000Z');
  }
}
