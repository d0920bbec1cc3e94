const NEWLINE = 10;

/** Cuts a stream of bytes into lines and holds at most one unfinished line, of bounded length (W11, W12). */
export class LineSplitter {
  readonly #longest: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(longestBytes: number) {
    this.#longest = longestBytes;
  }

  /** Bytes of the unfinished line. More than 0 at the end of a stream: it was cut in the middle of a line. */
  get unfinishedBytes(): number {
    return this.#bytes;
  }

  /** The lines that `chunk` finishes, without empty ones; null as soon as one is too long. */
  push(chunk: Buffer): readonly Buffer[] | null {
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      if (!this.#keep(chunk.subarray(start, end))) return null;
      if (this.#bytes > 0) lines.push(this.#take());
      start = end + 1;
    }
    return this.#keep(chunk.subarray(start)) ? lines : null;
  }

  #keep(part: Buffer): boolean {
    if (part.length > 0) this.#parts.push(part);
    this.#bytes += part.length;
    return this.#bytes <= this.#longest;
  }

  #take(): Buffer {
    const line = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    return line;
  }
}
