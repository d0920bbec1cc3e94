import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const FILE_BYTES = 10 * 1024 * 1024;

/** A log file of at most 10 MiB with one older file beside it (`.1`). Each start begins a new one. */
export class PartLog {
  readonly path: string;
  #file: number | null = null;
  #bytes = 0;

  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.#begin();
  }

  /** Never throws: a full disk must not end what is logged about. */
  write(line: string): void {
    if (this.#bytes > FILE_BYTES) this.#begin();
    if (this.#file === null) return;
    try {
      this.#bytes += writeSync(this.#file, `${line}\n`);
    } catch {
      // The line is lost; the next one is tried again.
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #begin(): void {
    this.close();
    this.#bytes = 0;
    try {
      if (statSync(this.path, { throwIfNoEntry: false }) !== undefined) renameSync(this.path, `${this.path}.1`);
      this.#file = openSync(this.path, 'w', 0o600);
    } catch {
      this.#file = null;
    }
  }
}
