import type { LogChunk, LogLine } from '../model/execution-api.ts';
import type { ApiAnswer } from './api-client.ts';
import { backOffMilliseconds } from './back-off.ts';
import { countForChunk, sizeOf } from './log-chunks.ts';
import { CELLS } from './messages.ts';

export interface LogSenderPorts {
  readonly send: (chunk: LogChunk) => Promise<ApiAnswer<null>>;
  readonly cells: Int32Array;
  readonly now: () => number;
  readonly fraction: () => number;
}

const LONGEST_WAIT_MILLISECONDS = 250;

/**
 * Sends lines in numbered chunks, one at a time: at once when a chunk is full, else within 250 ms. A chunk that finds
 * the API away is sent again, under the same number. Nothing here ever fails the task.
 */
export class LogSender {
  readonly #ports: LogSenderPorts;
  #lines: LogLine[] = [];
  #nextNumber = 1;
  /** Lines from the front that were sent under `#nextNumber` and not answered: they may be stored, so they stay together. */
  #inDoubt = 0;
  #timer: NodeJS.Timeout | null = null;
  #sending: Promise<void> | null = null;
  #closing = false;

  constructor(ports: LogSenderPorts) {
    this.#ports = ports;
  }

  add(lines: readonly LogLine[]): void {
    for (const line of lines) this.#lines.push(line);
    if (this.#closing || this.#sending !== null) return;
    if (this.#isMoreThanAChunk()) this.#startSending();
    else this.#timer ??= setTimeout(() => this.#startSending(), LONGEST_WAIT_MILLISECONDS);
  }

  /** Adds a line of the keeper's own. */
  note(level: LogLine['level'], text: string): void {
    this.add([this.#ownLine(level, text)]);
  }

  /**
   * Sends all but the last chunk and gives that one, for the report; null when no line is left. What cannot be sent
   * before `deadline` is dropped with a note, since the report is worth more.
   */
  async close(deadline: () => boolean): Promise<LogChunk | null> {
    this.#closing = true;
    this.#clearTimer();
    await Promise.race([this.#sending, whenTrue(deadline)]);
    while ((this.#inDoubt > 0 || this.#isMoreThanAChunk()) && !deadline()) await this.#sendOne(deadline);
    const dropped = Math.max(this.#inDoubt, this.#lines.length - countForChunk(this.#lines));
    if (dropped > 0) this.#dropFront(dropped);
    return this.#lines.length === 0 ? null : { chunk: this.#nextNumber, lines: this.#lines };
  }

  /** One last line instead of those that `close` gave, which the API server has refused with the report. */
  closeWith(sentence: string): LogChunk {
    this.#take(this.#lines.length);
    return { chunk: this.#nextNumber, lines: [this.#ownLine('error', sentence)] };
  }

  #startSending(): void {
    this.#clearTimer();
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = null;
      if (!this.#closing && this.#lines.length > 0) this.add([]);
    });
  }

  async #sendAll(): Promise<void> {
    do {
      await this.#sendOne(() => this.#closing);
    } while (!this.#closing && this.#isMoreThanAChunk());
  }

  /** Sends the front until it is stored or refused; gives up when `until` says so. */
  async #sendOne(until: () => boolean): Promise<void> {
    const count = this.#inDoubt > 0 ? this.#inDoubt : countForChunk(this.#lines);
    if (count === 0) return;
    this.#inDoubt = count;
    const chunk = { chunk: this.#nextNumber, lines: this.#lines.slice(0, count) };
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#ports.send(chunk);
      if (answer.kind === 'ok') {
        this.#nextNumber += 1;
        this.#inDoubt = 0;
        this.#take(count);
        return;
      }
      if (answer.kind === 'refused') {
        this.#inDoubt = 0;
        this.#dropFront(count, answer.sentence);
        return;
      }
      if (answer.kind === 'not_yours') {
        // The keeper learns the same from its next heartbeat, and stops the task.
        this.#closing = true;
        return;
      }
      if (until()) return;
      const pause = backOffMilliseconds(tries, this.#ports.fraction());
      await Promise.race([new Promise((resolve) => setTimeout(resolve, pause)), whenTrue(until)]);
    }
  }

  #isMoreThanAChunk(): boolean {
    return countForChunk(this.#lines) < this.#lines.length;
  }

  #dropFront(count: number, why = 'the API server was away for too long.'): void {
    // A number that may be taken is not used again: what came under it second would be lost.
    if (this.#inDoubt > 0) this.#nextNumber += 1;
    this.#inDoubt = 0;
    this.#take(count);
    const text = `(${count} lines of the log were dropped here: ${why})`;
    this.#lines.unshift(this.#ownLine('warning', text));
  }

  /** A line that the main thread has not counted. */
  #ownLine(level: LogLine['level'], text: string): LogLine {
    const line: LogLine = { at: this.#ports.now(), level, stream: 'log', text };
    Atomics.add(this.#ports.cells, CELLS.waitingLines, 1);
    Atomics.add(this.#ports.cells, CELLS.waitingBytes, sizeOf(line));
    return line;
  }

  #take(count: number): void {
    const taken = this.#lines.splice(0, count);
    Atomics.sub(this.#ports.cells, CELLS.waitingLines, taken.length);
    Atomics.sub(
      this.#ports.cells,
      CELLS.waitingBytes,
      taken.reduce((sum, line) => sum + sizeOf(line), 0),
    );
  }

  #clearTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

async function whenTrue(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 25));
}
