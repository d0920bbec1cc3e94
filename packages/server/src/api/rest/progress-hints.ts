import type { Database } from '../../store/database.ts';

/** Wakes whoever follows a run when the engine says that some run moved; one LISTEN for all of them. */
export class ProgressHints {
  #waiting: (() => void)[] = [];
  readonly #stop: Promise<() => Promise<void>>;

  constructor(database: Database) {
    this.#stop = database.listen('gantry_progress', () => {
      const woken = this.#waiting;
      this.#waiting = [];
      for (const wake of woken) wake();
    });
    // Without the hint the poll finds everything, only later.
    this.#stop.catch(() => undefined);
  }

  /** Resolves at the next hint, after the time, or when the signal aborts. */
  async next(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((wake) => wake !== done);
        done();
      }, milliseconds);
      signal.addEventListener('abort', done);
      this.#waiting.push(done);
    });
  }

  async close(): Promise<void> {
    const stop = await this.#stop.catch(() => null);
    await stop?.();
  }
}
