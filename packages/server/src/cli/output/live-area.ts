import { displayWidth } from './printable.ts';
import type { Terminal } from './terminal.ts';

/** The last lines of a terminal, painted over again and again; what is said meanwhile goes above them. */
export class LiveArea {
  readonly #terminal: Terminal;
  #lines: readonly string[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Lines must fit the terminal's width. */
  paint(lines: readonly string[]): void {
    this.#terminal.write(this.#back() + lines.map((line) => `${line}\n`).join(''));
    this.#lines = lines;
  }

  /** Writes a line that stays, and the area again below it. */
  above(line: string): void {
    const lines = this.#lines;
    this.#terminal.write(`${this.#back()}${line}\n`);
    this.#lines = [];
    this.paint(lines);
  }

  /** To the first line of the area, and everything below erased. A line that a narrowed terminal wraps counts for more. */
  #back(): string {
    const width = this.#terminal.width() ?? 80;
    const rows = this.#lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / width)), 0);
    return rows === 0 ? '' : `\u001b[${rows}A\r\u001b[0J`;
  }
}
