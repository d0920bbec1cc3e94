import type { WorkerProcess } from './worker-process.ts';

/** Beyond the worker's own grace, in which it also reports: the executor kills only what did not leave by itself. */
const REPORT_SECONDS = 2;

/** One attempt whose process lives. */
export class LocalAttempt {
  readonly #worker: WorkerProcess;
  #timer: NodeJS.Timeout | null = null;
  #killAsked = false;

  constructor(worker: WorkerProcess) {
    this.#worker = worker;
  }

  get pid(): number {
    return this.#worker.pid;
  }

  get killAsked(): boolean {
    return this.#killAsked;
  }

  /** Asks the group to end, and kills what is left of it after the grace. */
  kill(graceSeconds: number): void {
    if (this.#killAsked) return;
    this.#killAsked = true;
    this.#worker.signalGroup('SIGTERM');
    this.#killAfter(graceSeconds + REPORT_SECONDS);
  }

  /** The attempt has closed: its process leaves by itself, and is killed when it does not. */
  release(graceSeconds: number): void {
    if (this.#timer === null) this.#killAfter(graceSeconds + REPORT_SECONDS);
  }

  /** Resolves when the process has ended and nothing of its group is left. */
  async end(): Promise<{ readonly exitCode: number | null; readonly signal: NodeJS.Signals | null }> {
    const end = await this.#worker.exit;
    if (this.#timer) clearTimeout(this.#timer);
    this.#worker.signalGroup('SIGKILL');
    return end;
  }

  #killAfter(seconds: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#worker.signalGroup('SIGKILL'), seconds * 1000);
    this.#timer.unref();
  }
}
