import type { Order } from '@gantry/sdk/model';

const FIRST_PAUSE_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 15_000;

/** What a machine lacks that cannot start a process now, and may well do so later. */
const LACKS: Readonly<Record<string, string>> = {
  EMFILE: 'this scheduler may open no more files (EMFILE): raise its limit of open files (ulimit -n)',
  ENFILE: 'this machine may open no more files (ENFILE): raise fs.file-max, or run fewer processes',
  EAGAIN: 'no more processes may be started (EAGAIN): raise the limit of processes (ulimit -u), or lower parallelism',
  ENOMEM: 'this machine has no memory left for another process (ENOMEM): lower parallelism',
};

/** Why a process cannot be started now, in a sentence; null for what waiting does not mend. */
export function lackOf(error: unknown): string | null {
  const lack = LACKS[String((error as { code?: unknown } | null)?.code)];
  return lack === undefined ? null : `No worker can be started, since ${lack}. It is tried again by itself.`;
}

/**
 * Orders whose process could not be made for want of something that the machine will have again. They keep their slots
 * and their order, and are tried one by one: as long as the first cannot start, the others would not either.
 */
export class PutOffLaunches {
  readonly #launch: (order: Order) => Promise<string | null>;
  readonly #orders = new Map<string, Order>();
  #timer: NodeJS.Timeout | null = null;
  #failures = 0;
  #lack = '';

  /** `launch` answers why the order cannot start now, null when it is done with. */
  constructor(launch: (order: Order) => Promise<string | null>) {
    this.#launch = launch;
  }

  get count(): number {
    return this.#orders.size;
  }

  has(attemptId: string): boolean {
    return this.#orders.has(attemptId);
  }

  /** Why the first of them cannot start. */
  get lack(): string {
    return this.#lack;
  }

  /** Waits at most 15 s between two tries. */
  add(order: Order, lack: string): void {
    this.#lack = lack;
    this.#orders.set(order.attemptId, order);
    this.#schedule();
  }

  /** The attempt has closed or is to end: it is not started any more. */
  drop(attemptId: string): void {
    this.#orders.delete(attemptId);
  }

  /** Forgets all: whoever leads their runs next launches them. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#orders.clear();
  }

  /** Starts what can be started now. */
  async once(): Promise<void> {
    for (const order of [...this.#orders.values()]) {
      if (!this.#orders.has(order.attemptId)) continue;
      const lack = await this.#launch(order);
      if (lack !== null) {
        this.#lack = lack;
        this.#failures += 1;
        return;
      }
      this.#failures = 0;
      this.#orders.delete(order.attemptId);
    }
  }

  #schedule(): void {
    if (this.#timer !== null || this.#orders.size === 0) return;
    const pause = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** this.#failures, LONGEST_PAUSE_MILLISECONDS);
    this.#timer = setTimeout(() => {
      void this.once().finally(() => {
        this.#timer = null;
        this.#schedule();
      });
    }, pause);
    this.#timer.unref();
  }
}
