import { LOST_EXIT_CODE, type LogChunk, type ReportRequest } from '../model/execution-api.ts';
import type { Outcome } from '../model/outcome.ts';
import type { ApiAnswer } from './api-client.ts';
import { backOffMilliseconds } from './back-off.ts';
import { failed } from './failures.ts';

export interface ReporterPorts {
  readonly report: (request: ReportRequest, timeoutMilliseconds: number) => Promise<ApiAnswer<null>>;
  readonly monotonic: () => number;
  readonly fraction: () => number;
  /** Grows while renewals come through. */
  readonly leaseEnd: () => number;
}

export interface ClosingLog {
  close(deadline: () => boolean): Promise<LogChunk | null>;
  /** Drops what `close` gave, and gives one line in its place. */
  closeWith(sentence: string): LogChunk;
}

const TRY_MILLISECONDS = 10_000;
/** The log may hold up the report for so long, and for no more than half of what is left of the lease. */
const LOG_MILLISECONDS = 10_000;

/** Delivers the outcome with the last lines; tries until it is stored, refused, or the lease ends. */
export class Reporter {
  readonly #ports: ReporterPorts;

  constructor(ports: ReporterPorts) {
    this.#ports = ports;
  }

  /** Gives the exit code of the process. */
  async report(outcome: Outcome, log: ClosingLog): Promise<number> {
    const last = await log.close(this.#logDeadline());
    const answer = await this.#deliver({ outcome, log: last });
    if (answer.kind === 'ok') return exitCodeOf(outcome);
    if (answer.kind !== 'refused') return LOST_EXIT_CODE;
    // The task must not hang for a result or lines that the server does not take: it fails, with the reason.
    const sentence = `The API server refused the report of the task. ${answer.sentence}`;
    const refusal = failed('configuration', sentence, { status: answer.status }, false);
    const second = await this.#deliver({ outcome: refusal, log: log.closeWith(sentence) });
    return second.kind === 'not_yours' ? LOST_EXIT_CODE : 1;
  }

  async #deliver(request: ReportRequest): Promise<ApiAnswer<null>> {
    for (let tries = 1; ; tries += 1) {
      const left = this.#ports.leaseEnd() - this.#ports.monotonic();
      if (left <= 0) return { kind: 'not_yours' };
      const answer = await this.#ports.report(request, Math.min(TRY_MILLISECONDS, left));
      if (answer.kind !== 'away') return answer;
      const pause = backOffMilliseconds(tries, this.#ports.fraction());
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  #logDeadline(): () => boolean {
    const start = this.#ports.monotonic();
    const milliseconds = Math.min(LOG_MILLISECONDS, (this.#ports.leaseEnd() - start) / 2);
    return () => this.#ports.monotonic() >= start + milliseconds;
  }
}

/** What the process says to whoever watches it: 0 for a task that succeeded or was skipped, else 1. */
export function exitCodeOf(outcome: Outcome): number {
  return outcome.kind === 'failed' ? 1 : 0;
}
