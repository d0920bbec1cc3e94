import { Worker } from 'node:worker_threads';
import type { LeaseKeeper } from '../engine/leadership.ts';
import type { LeaseMessage } from './lease-keeping.ts';
import type { LeaseThreadStart } from './lease-thread.ts';
import type { Log } from './process-log.ts';

const RESTART_MILLISECONDS = 2000;

/** The thread that renews a scheduler's lease, started again when it dies; meanwhile the scheduler's loop renews. */
export class LeaseThread implements LeaseKeeper {
  readonly #start: LeaseThreadStart;
  readonly #log: Log;
  #worker: Worker | null = null;
  #serviceId: string | null = null;
  #isClosed = false;

  constructor(start: LeaseThreadStart, log: Log) {
    this.#start = start;
    this.#log = log;
    this.#run();
  }

  hold(serviceId: string): void {
    this.#serviceId = serviceId;
    this.#tell({ kind: 'hold', serviceId });
  }

  renewed(): void {
    this.#tell({ kind: 'renewed' });
  }

  release(): void {
    this.#serviceId = null;
    this.#tell({ kind: 'release' });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  #tell(message: LeaseMessage): void {
    this.#worker?.postMessage(message);
  }

  #run(): void {
    if (this.#isClosed) return;
    const worker = new Worker(new URL('./lease-thread.js', import.meta.url), { workerData: this.#start });
    this.#worker = worker;
    // What is told before the thread listens waits in its port.
    if (this.#serviceId !== null) this.hold(this.#serviceId);
    worker.on('error', (error) => {
      this.#log.warn({ err: error }, 'The thread that keeps the lease failed; it is started again.');
    });
    worker.once('exit', () => {
      this.#worker = null;
      setTimeout(() => this.#run(), RESTART_MILLISECONDS).unref();
    });
  }
}
