import { join } from 'node:path';
import type { Clock } from '@gantry/sdk/model';
import { stampOf } from './file-stamp.ts';

interface Seen {
  readonly inputs: readonly string[];
  readonly stamp: string;
  /** When a failed file is tried again although nothing changed: it may have waited for something outside. */
  readonly tryAgainAt: number | null;
}

/** What this process knows of the files, so that a turn without changes only asks the file system. */
export class FileMemory {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #seen = new Map<string, Seen>();

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  async hasChanged(file: string): Promise<boolean> {
    const seen = this.#seen.get(file);
    if (seen === undefined) return true;
    if (seen.tryAgainAt !== null && this.#clock.monotonic() >= seen.tryAgainAt) return true;
    return (await stampOf(seen.inputs)) !== seen.stamp;
  }

  /** Taken before the files are read: what changes while they are read is seen in the next turn. */
  async stamp(file: string): Promise<string> {
    return stampOf(this.#inputsOf(file));
  }

  /** `before` is the stamp of before the load; it counts only while the inputs are the same. */
  async remember(file: string, inputs: readonly string[], before: string, tryAgainSeconds?: number): Promise<void> {
    const known = this.#inputsOf(file);
    const same = known.length === inputs.length && known.every((path, index) => path === inputs[index]);
    const stamp = same ? before : await stampOf(inputs);
    const tryAgainAt = tryAgainSeconds === undefined ? null : this.#clock.monotonic() + tryAgainSeconds * 1000;
    this.#seen.set(file, { inputs, stamp, tryAgainAt });
  }

  forget(file: string): void {
    this.#seen.delete(file);
  }

  keepOnly(files: readonly string[]): void {
    const present = new Set(files);
    for (const file of this.#seen.keys()) if (!present.has(file)) this.#seen.delete(file);
  }

  #inputsOf(file: string): readonly string[] {
    return this.#seen.get(file)?.inputs ?? [join(this.#folder, file)];
  }
}
