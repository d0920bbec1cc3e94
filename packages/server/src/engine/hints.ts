export interface Hinted {
  readonly facts: boolean;
  readonly runs: boolean;
  readonly requests: boolean;
  readonly dags: boolean;
}

/** What NOTIFY and the executors hint at, and the sleep that a hint ends. A hint is never needed: the poll finds all. */
export class Hints {
  #facts = true;
  #runs = true;
  #requests = true;
  #dags = true;
  #woken = false;
  #resolve: (() => void) | null = null;

  /** A payload of channel gantry_scheduler: `facts`, `runs`, `requests` or `dags`; null after a (re)connect, when all may wait. */
  hear(payload: string | null): void {
    if (payload === 'facts' || payload === 'requests' || payload === null) this.#facts = true;
    if (payload === 'requests' || payload === null) this.#requests = true;
    if (payload === 'runs' || payload === null) this.#runs = true;
    if (payload === 'dags' || payload === null) this.#dags = true;
    this.wake();
  }

  /** What was hinted at since the last call. */
  take(): Hinted {
    const hinted = { facts: this.#facts, runs: this.#runs, requests: this.#requests, dags: this.#dags };
    this.#facts = false;
    this.#runs = false;
    this.#requests = false;
    this.#dags = false;
    this.#woken = false;
    return hinted;
  }

  wake(): void {
    this.#woken = true;
    this.#resolve?.();
  }

  /** Sleeps until a hint or the time has passed. */
  async wait(milliseconds: number): Promise<void> {
    if (this.#woken || milliseconds <= 0) return;
    await this.pause(milliseconds);
  }

  /** Sleeps although there were hints: the pause after a failed turn. A new hint ends it too. */
  async pause(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#resolve = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#resolve = null;
  }
}
