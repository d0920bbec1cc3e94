import { plainText } from './ansi.ts';

/** A line as the API gives it. */
export interface LogEntry {
  readonly timestamp: string;
  readonly level: string;
  readonly logger: string;
  readonly event: string;
}

export interface LogLine extends LogEntry {
  /** From 1, in the whole log. */
  readonly number: number;
  /** Without the sequences of terminals. */
  readonly text: string;
}

/** More than people scroll through; of a longer log the end is kept. */
const MOST_LINES = 200_000;
/** Lines are dropped many at once, since each time moves all others. */
const DROPPED_AT_ONCE = 20_000;

/** The lines of a log as they come, for whoever shows them. */
export class LogBuffer {
  #lines: LogLine[] = [];
  #count = 0;
  #version = 0;
  readonly #readers = new Set<() => void>();

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** How many lines have come, those that were dropped too. */
  get count(): number {
    return this.#count;
  }

  /** Changes with every change. */
  readonly version = (): number => this.#version;

  append(entries: readonly LogEntry[]): void {
    if (entries.length === 0) return;
    for (const entry of entries) {
      this.#count += 1;
      this.#lines.push({ ...entry, number: this.#count, text: plainText(entry.event) });
    }
    if (this.#lines.length > MOST_LINES)
      this.#lines = this.#lines.slice(this.#lines.length - MOST_LINES + DROPPED_AT_ONCE);
    this.#version += 1;
    for (const reader of this.#readers) reader();
  }

  readonly subscribe = (reader: () => void): (() => void) => {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  };
}
