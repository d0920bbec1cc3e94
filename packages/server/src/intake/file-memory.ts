import type { Clock } from '@gantry/sdk/model';
import type { FileStamps } from './file-stamps.ts';

interface Seen {
  readonly inputs: readonly string[];
  /** Of before the inputs were read; null when that was not known, which has them read once more. */
  readonly stamp: string | null;
  readonly failure: KnownFailure | null;
}

interface KnownFailure {
  /** Null for a file that could not even be bundled. */
  readonly fingerprint: string | null;
  /** When the file is tried again although nothing changed: it may have waited for something outside. */
  readonly tryAgainAt: number;
}

/** What this process knows of the files, so that a turn without changes only asks the file system. */
export class FileMemory {
  readonly #clock: Clock;
  readonly #seen = new Map<string, Seen>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async hasChanged(file: string, stamps: FileStamps): Promise<boolean> {
    const seen = this.#seen.get(file);
    if (seen === undefined || seen.stamp === null || this.#isDue(seen)) return true;
    return (await stamps.of(seen.inputs)) !== seen.stamp;
  }

  /** Stamps what is known to be read for the file; to be called before it is read. */
  async prepare(file: string, stamps: FileStamps): Promise<void> {
    await stamps.of(this.#seen.get(file)?.inputs ?? []);
  }

  /** True when a file of this fingerprint failed a short while ago. */
  hasFailed(file: string, fingerprint: string): boolean {
    const seen = this.#seen.get(file);
    return seen?.failure?.fingerprint === fingerprint && !this.#isDue(seen);
  }

  /** The file is as stored, or failed as before. `stamps` are of before it was read. */
  async keep(file: string, inputs: readonly string[], stamps: FileStamps): Promise<void> {
    await this.#remember(file, inputs, stamps, this.#seen.get(file)?.failure ?? null);
  }

  async loaded(file: string, inputs: readonly string[], stamps: FileStamps): Promise<void> {
    await this.#remember(file, inputs, stamps, null);
  }

  async failed(
    file: string,
    inputs: readonly string[],
    stamps: FileStamps,
    fingerprint: string | null,
    tryAgainSeconds: number,
  ): Promise<void> {
    const tryAgainAt = this.#clock.monotonic() + tryAgainSeconds * 1000;
    await this.#remember(file, inputs, stamps, { fingerprint, tryAgainAt });
  }

  keepOnly(files: readonly string[]): void {
    const present = new Set(files);
    for (const file of this.#seen.keys()) if (!present.has(file)) this.#seen.delete(file);
  }

  /** What changes while a file is read must be seen in the next turn: only stamps of before count. */
  async #remember(
    file: string,
    inputs: readonly string[],
    stamps: FileStamps,
    failure: KnownFailure | null,
  ): Promise<void> {
    const known = this.#seen.get(file)?.inputs ?? [];
    const same = known.length === inputs.length && known.every((path, index) => path === inputs[index]);
    this.#seen.set(file, { inputs, stamp: same ? await stamps.of(inputs) : null, failure });
  }

  #isDue({ failure }: Seen): boolean {
    return failure !== null && this.#clock.monotonic() >= failure.tryAgainAt;
  }
}
