import type { Worker } from 'node:worker_threads';
import type { LogLine } from '../model/execution-api.ts';
import type { Outcome } from '../model/outcome.ts';
import type { ApiAnswer } from './api-client.ts';
import { MOST_CHUNK_BYTES, MOST_CHUNK_LINES, sizeOf } from './log-chunks.ts';
import {
  CELL_COUNT,
  CELLS,
  KEEPER_ARGUMENT,
  type KeeperStart,
  type LeaseTerms,
  SPEAKER,
  type ToKeeper,
  type ToMain,
} from './messages.ts';

export interface KeeperEvents {
  readonly onStop: (sentence: string) => void;
  readonly onOver: (exitCode: number) => void;
  /** The keeper itself broke: nobody renews the lease any more. */
  readonly onBroken: (error: Error) => void;
}

const MOST_WAITING_LINES = 50_000;
const MOST_WAITING_BYTES = 16 * 1024 * 1024;

/** The main thread's end of the keeper: what it tells it and asks it. */
export class KeeperLink {
  readonly #file: string;
  readonly #events: KeeperEvents;
  #worker: Worker | null = null;
  /** What was said before the thread was started. */
  readonly #unsent: ToKeeper[] = [];
  readonly #cells: Int32Array;
  readonly #asked = new Map<number, (answer: ApiAnswer<unknown>) => void>();
  readonly #now: () => number;
  #lastNumber = 0;
  #holds = 0;
  #dropped = 0;
  /** Lines so far, kept while the main thread may still report by itself; null once that is out of the question. */
  #early: LogLine[] | null = [];
  #earlyBytes = 0;

  /** `file` is the worker's own file, from which the thread is started as well. */
  constructor(file: string, events: KeeperEvents, now: () => number) {
    this.#file = file;
    this.#events = events;
    this.#now = now;
    this.#cells = new Int32Array(new SharedArrayBuffer(CELL_COUNT * Int32Array.BYTES_PER_ELEMENT));
  }

  get isUp(): boolean {
    return this.#worker !== null;
  }

  /**
   * Starts the thread, at the latest before user code can block this one for long. Not earlier, because a thread that
   * has not come far is quickly ended again: a task that is over at once pays a third of its price.
   */
  start(): void {
    if (this.#worker !== null) return;
    const workerData: KeeperStart = { cells: this.#cells.buffer as SharedArrayBuffer };
    const threads = process.getBuiltinModule('node:worker_threads');
    const worker = new threads.Worker(this.#file, {
      workerData,
      argv: [KEEPER_ARGUMENT],
      env: threads.SHARE_ENV,
      execArgv: [],
      trackUnmanagedFds: false,
    });
    this.#worker = worker;
    worker.on('message', (message: ToMain) => this.#take(message));
    worker.on('error', this.#events.onBroken);
    worker.unref();
    for (const message of this.#unsent.splice(0)) worker.postMessage(message);
  }

  claimed(terms: LeaseTerms): void {
    this.#post({ kind: 'claimed', terms });
  }

  terminated(): void {
    this.#post({ kind: 'terminated' });
    this.start();
  }

  /** Takes a line for the log; when far too many wait, drops it and says so once there is room again. */
  line(line: LogLine): void {
    const waiting = Atomics.load(this.#cells, CELLS.waitingLines);
    if (waiting >= MOST_WAITING_LINES || Atomics.load(this.#cells, CELLS.waitingBytes) >= MOST_WAITING_BYTES) {
      this.#dropped += 1;
      return;
    }
    this.lastLine(line);
  }

  /** Takes a line that must not be lost, however many wait: why the task did not succeed. */
  lastLine(line: LogLine): void {
    this.#noteDropped();
    this.#send(line);
  }

  /** Reads below the attempt; the process stays up for the answer. */
  read(path: string): Promise<ApiAnswer<unknown>> {
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    this.start();
    this.#hold();
    return new Promise((resolve) => {
      this.#asked.set(number, resolve);
      this.#post({ kind: 'read', number, path });
    });
  }

  /**
   * Takes the word for the main thread, when the keeper has not begun to speak: gives all lines so far, or null when
   * the keeper must do it.
   */
  takeWord(): readonly LogLine[] | null {
    this.#noteDropped();
    if (this.#early === null) return null;
    const was = Atomics.compareExchange(this.#cells, CELLS.speaker, SPEAKER.nobody, SPEAKER.main);
    return was === SPEAKER.nobody ? this.#early : null;
  }

  /** Leaves the outcome to the keeper; `onOver` follows. */
  finish(outcome: Outcome): void {
    this.#noteDropped();
    this.#post({ kind: 'finish', outcome });
    this.start();
    this.#hold();
  }

  /** Blocks this thread until all is told, for code that must not go on; gives the exit code. */
  waitUntilOver(): number {
    Atomics.wait(this.#cells, CELLS.over, 0);
    return Atomics.load(this.#cells, CELLS.over) - 1;
  }

  /** Keeps the process up although the task has nothing left to do. */
  #hold(): void {
    this.#holds += 1;
    this.#worker?.ref();
  }

  #release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.#worker?.unref();
  }

  #take(message: ToMain): void {
    if (message.kind === 'stop') this.#events.onStop(message.sentence);
    else if (message.kind === 'over') this.#events.onOver(message.exitCode);
    else this.#answered(message.number, message.answer);
  }

  #answered(number: number, answer: ApiAnswer<unknown>): void {
    this.#release();
    this.#asked.get(number)?.(answer);
    this.#asked.delete(number);
  }

  #noteDropped(): void {
    if (this.#dropped === 0) return;
    const text = `(${this.#dropped} lines were dropped here: they came faster than they could be sent.)`;
    this.#dropped = 0;
    this.#send({ at: this.#now(), level: 'warning', stream: 'log', text });
  }

  #send(line: LogLine): void {
    const bytes = sizeOf(line);
    Atomics.add(this.#cells, CELLS.waitingLines, 1);
    Atomics.add(this.#cells, CELLS.waitingBytes, bytes);
    this.#keepEarly(line, bytes);
    this.#post({ kind: 'lines', lines: [line] });
  }

  #keepEarly(line: LogLine, bytes: number): void {
    if (this.#early === null) return;
    this.#earlyBytes += bytes;
    const isTooMuch = this.#early.length >= MOST_CHUNK_LINES || this.#earlyBytes > MOST_CHUNK_BYTES;
    if (isTooMuch || Atomics.load(this.#cells, CELLS.speaker) !== SPEAKER.nobody) this.#early = null;
    else this.#early.push(line);
  }

  #post(message: ToKeeper): void {
    if (this.#worker === null) this.#unsent.push(message);
    else this.#worker.postMessage(message);
  }
}
