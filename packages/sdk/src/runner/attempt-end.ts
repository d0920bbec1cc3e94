import { LOST_EXIT_CODE } from '../model/execution-api.ts';
import type { Outcome } from '../model/outcome.ts';
import type { ApiClient } from './api-client.ts';
import { failed, outcomeOfThrown, withoutSecrets } from './failures.ts';
import type { KeeperLink } from './keeper-link.ts';
import { exitCodeOf } from './reporter.ts';
import type { TaskLog } from './task-log.ts';
import { tellOutcome } from './tell-outcome.ts';

export interface EndPorts {
  readonly client: ApiClient;
  readonly token: string;
  readonly link: KeeperLink;
  readonly leaseSeconds: number;
  /** Takes the last unfinished lines of the output. */
  readonly flushOutput: () => void;
  /** Where the end of the task is told; loses nothing. */
  readonly lastLog: TaskLog;
  readonly readableStack: (stack: string) => string;
  /** Masks the secrets that the task has read. */
  readonly mask: (text: string) => string;
  /** True while the task listens to its abort signal. */
  readonly isStopAwaited: () => boolean;
  /** Cleans up and leaves the process. */
  readonly leave: (exitCode: number) => never;
}

/** The main thread's try gets so long before it leaves the report to the keeper, which renews the lease meanwhile. */
const OWN_TRY_MILLISECONDS = 2_000;
const LOOK_AGAIN_MILLISECONDS = 1_000;

/** The one way out of an attempt: the first outcome counts, whatever it comes from. */
export class AttemptEnd {
  readonly #ports: EndPorts;
  #outcome: Outcome | null = null;
  #isWithKeeper = false;

  constructor(ports: EndPorts) {
    this.#ports = ports;
  }

  /** Reports and leaves. A task that ended before the keeper was up is reported from here, at once. */
  async finish(given: Outcome): Promise<void> {
    if (this.#outcome !== null) return;
    const outcome = this.#take(given);
    const { client, token, link, leaseSeconds } = this.#ports;
    const lines = link.takeWord();
    if (lines !== null) {
      const log = lines.length === 0 ? null : { chunk: 1, lines };
      const timeout = Math.min(OWN_TRY_MILLISECONDS, (leaseSeconds * 1000) / 4);
      const answer = await client.report(token, { outcome, log }, timeout);
      if (!this.#isWithKeeper && answer.kind === 'ok') this.#ports.leave(exitCodeOf(outcome));
      if (!this.#isWithKeeper && answer.kind === 'not_yours') this.#ports.leave(LOST_EXIT_CODE);
    }
    this.#leaveToKeeper();
  }

  /** Everything that ends a task besides its function. */
  guard(): void {
    process.on('uncaughtException', (error, origin) => {
      const deed =
        origin === 'unhandledRejection'
          ? 'The task left a promise that was rejected with'
          : 'The task failed, outside its function, with';
      void this.finish(outcomeOfThrown(error, deed, this.#ports.readableStack));
    });
    process.on('SIGTERM', () => this.#ports.link.terminated());
    process.on('beforeExit', () => this.#nothingLeft());
    process.exit = ((code?: number | string | null) => this.#exitByTask(code)) as typeof process.exit;
  }

  /** Nothing in this process can wake the task any more, unless it waits to be stopped. */
  #nothingLeft(): void {
    if (this.#outcome === null && this.#ports.isStopAwaited()) {
      setTimeout(() => {}, LOOK_AGAIN_MILLISECONDS);
      return;
    }
    const sentence =
      'The task waits for something that can never happen: a promise is never settled, and no timer, connection or process is left.';
    void this.finish(failed('user_error', sentence));
  }

  /** process.exit must not return, so the thread waits here until the keeper has told the end. */
  #exitByTask(code: number | string | null | undefined): never {
    if (this.#outcome === null) {
      const shown = String(code ?? process.exitCode ?? 0);
      const sentence = `The task called process.exit(${shown}). Return from the task's function to succeed, or throw to fail.`;
      const stack = this.#ports.readableStack(new Error('process.exit').stack ?? '');
      this.#take(failed('user_error', sentence, { exitCode: shown, stack }));
    }
    this.#leaveToKeeper();
    this.#ports.leave(this.#ports.link.waitUntilOver());
  }

  /** The log ends with what the task printed last, and then why it did not succeed. */
  #take(given: Outcome): Outcome {
    const outcome = withoutSecrets(given, this.#ports.mask);
    this.#outcome = outcome;
    this.#ports.flushOutput();
    tellOutcome(outcome, this.#ports.lastLog);
    return outcome;
  }

  #leaveToKeeper(): void {
    if (this.#isWithKeeper || this.#outcome === null) return;
    this.#isWithKeeper = true;
    this.#ports.link.finish(this.#outcome);
  }
}
