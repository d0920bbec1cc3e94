import { WorkerProcess, type WorkerStart } from './worker-process.ts';

const FIRST_PAUSE_MILLISECONDS = 200;
const LONGEST_PAUSE_MILLISECONDS = 30_000;

/**
 * Workers that were started ahead and wait to be told their attempt, which hides the start of a process from a task.
 * Each serves one attempt, so tasks stay apart as ever. One that dies unused is replaced, slower each time.
 */
export class SpareWorkers {
  readonly #start: WorkerStart;
  readonly #wanted: number;
  readonly #stock: WorkerProcess[] = [];
  #starting = 0;
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;
  #isOpen = false;

  constructor(start: WorkerStart, wanted: number) {
    this.#start = start;
    this.#wanted = wanted;
  }

  open(): void {
    this.#isOpen = true;
    this.#fill();
  }

  /** Dismisses those that wait; workers that were taken are not touched. */
  close(): void {
    this.#isOpen = false;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    for (const worker of this.#stock.splice(0)) worker.dismiss();
  }

  /** One that waits, or null. Its place is filled again. */
  take(): WorkerProcess | null {
    const worker = this.#stock.find(({ hasExited }) => !hasExited) ?? null;
    if (worker === null) return null;
    this.#stock.splice(this.#stock.indexOf(worker), 1);
    this.#failures = 0;
    // After the caller has told it what to do: starting a process holds up this thread.
    setImmediate(() => this.#fill());
    return worker;
  }

  #fill(): void {
    if (!this.#isOpen || this.#timer) return;
    for (let missing = this.#wanted - this.#stock.length - this.#starting; missing > 0; missing -= 1) this.#add();
  }

  #add(): void {
    this.#starting += 1;
    WorkerProcess.start(this.#start)
      .then((worker) => this.#started(worker))
      .catch(() => this.#failed())
      .finally(() => {
        this.#starting -= 1;
      });
  }

  #started(worker: WorkerProcess): void {
    if (!this.#isOpen) {
      worker.dismiss();
      return;
    }
    this.#stock.push(worker);
    void worker.exit.then(() => {
      const place = this.#stock.indexOf(worker);
      if (place < 0) return;
      this.#stock.splice(place, 1);
      this.#failed();
    });
  }

  #failed(): void {
    if (!this.#isOpen || this.#timer) return;
    this.#failures += 1;
    const pause = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MILLISECONDS);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#fill();
    }, pause);
    this.#timer.unref();
  }
}
