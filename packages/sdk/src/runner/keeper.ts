import { LOST_EXIT_CODE, type LogChunk } from '../model/execution-api.ts';
import type { Failure, FailureClass } from '../model/failure.ts';
import type { Outcome } from '../model/outcome.ts';
import type { ApiAnswer, ApiClient } from './api-client.ts';
import { backOffMilliseconds } from './back-off.ts';
import { failed } from './failures.ts';
import { LogSender } from './log-sender.ts';
import { CELLS, type LeaseTerms, SPEAKER, type ToKeeper, type ToMain } from './messages.ts';
import { Renewal } from './renewal.ts';
import { Reporter } from './reporter.ts';

export interface KeeperPorts {
  readonly connect: (apiUrl: string, attemptId: string) => ApiClient;
  readonly cells: Int32Array;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly fraction: () => number;
  readonly post: (message: ToMain) => void;
  /** Kills whatever the task has started. */
  readonly endOthers: () => void;
  /** Kills this process and its group. */
  readonly endSelf: () => void;
}

/** Why the task is made to stop. The later in this list, the stronger: it replaces a weaker one. */
const STOP_KINDS = ['disrupted', 'timeout', 'killed', 'taken'] as const;
type StopKind = (typeof STOP_KINDS)[number];

interface StopCause {
  readonly kind: StopKind;
  readonly sentence: string;
}

const SEND_MILLISECONDS = 10_000;
/** How long a finished main thread may take to leave, and one whose task was stopped. */
const LEAVE_MILLISECONDS = 10_000;
const STOPPED_LEAVE_MILLISECONDS = 250;
/** How long the end of a task waits to learn whether its SIGTERM was a stop that the API knows of. */
const ASK_MILLISECONDS = 2_000;

/**
 * Speaks with the API while the main thread runs user code, and watches over that: the lease, the timeout, requests to
 * stop. It lives in a thread of its own, so nothing the task does can delay it.
 */
export class Keeper {
  readonly #ports: KeeperPorts;
  #phase: 'running' | 'stopping' | 'reporting' | 'over' = 'running';
  #terms: LeaseTerms | null = null;
  #client: ApiClient | null = null;
  #renewal: Renewal | null = null;
  #sender: LogSender | null = null;
  #cause: StopCause | null = null;
  #timer: NodeJS.Timeout | null = null;
  #asked: Promise<void> = Promise.resolve();
  #hasFinished = false;

  constructor(ports: KeeperPorts) {
    this.#ports = ports;
  }

  take(message: ToKeeper): void {
    switch (message.kind) {
      case 'claimed':
        this.#claimed(message.terms);
        break;
      case 'lines':
        this.#sender?.add(message.lines);
        break;
      case 'finish':
        // The main thread leaves it to the keeper, also when it has tried to report by itself and could not.
        Atomics.store(this.#ports.cells, CELLS.speaker, SPEAKER.keeper);
        void this.#finish(message.outcome);
        break;
      case 'terminated':
        this.#terminated();
        break;
      case 'read':
        void this.#read(message.number, message.path);
        break;
    }
  }

  #claimed(terms: LeaseTerms): void {
    const { connect, cells, now, monotonic, fraction } = this.#ports;
    const client = connect(terms.apiUrl, terms.attemptId);
    this.#terms = terms;
    this.#client = client;
    const send = (chunk: LogChunk) => this.#whenSpeaking(() => client.sendLogs(terms.token, chunk, SEND_MILLISECONDS));
    this.#sender = new LogSender({ send, cells, now, fraction });
    const heartbeat = (timeout: number) => this.#whenSpeaking(() => client.heartbeat(terms.token, timeout));
    const onStop = (sentence: string) => this.#stop({ kind: 'killed', sentence });
    const onTaken = () => this.#stop({ kind: 'taken', sentence: 'The attempt is no longer this worker’s.' });
    const onLeaseEnd = () => this.#lost();
    this.#renewal = new Renewal({ heartbeat, monotonic, fraction, onStop, onTaken, onLeaseEnd }, terms);
    this.#renewal.start();
    this.#watchTimeout(terms.executionTimeoutSeconds);
  }

  /** The word is the first's who takes it: a task that ends at once is reported by the main thread alone. */
  #speaks(): boolean {
    const { nobody, keeper, main } = SPEAKER;
    return Atomics.compareExchange(this.#ports.cells, CELLS.speaker, nobody, keeper) !== main;
  }

  async #whenSpeaking<Body>(ask: () => Promise<ApiAnswer<Body>>): Promise<ApiAnswer<Body>> {
    return this.#speaks() ? await ask() : { kind: 'away', sentence: 'The main thread is reporting.' };
  }

  #watchTimeout(seconds: number | null): void {
    if (seconds === null) return;
    const sentence = `The task ran longer than its execution timeout of ${seconds} s.`;
    const onTimeout = () => this.#stop({ kind: 'timeout', sentence });
    this.#timer = setTimeout(onTimeout, Math.min(seconds * 1000, 2 ** 31 - 1));
  }

  #terminated(): void {
    if (this.#phase !== 'running') return;
    this.#asked = this.#renewal?.renew() ?? Promise.resolve();
    this.#stop({ kind: 'disrupted', sentence: 'The worker was told to end (SIGTERM) before its task had finished.' });
  }

  #stop(cause: StopCause): void {
    // While a report is under way a stop comes too late to matter; an attempt that was taken away meets the 409 itself.
    if (this.#phase === 'reporting' || this.#phase === 'over' || !this.#speaks()) return;
    if (this.#cause === null || rankOf(cause.kind) > rankOf(this.#cause.kind)) this.#strengthen(cause);
    if (this.#phase === 'stopping') return;
    this.#phase = 'stopping';
    this.#ports.post({ kind: 'stop', sentence: cause.sentence });
    this.#clearTimer();
    const graceMilliseconds = (this.#terms?.killGraceSeconds ?? 0) * 1000;
    this.#timer = setTimeout(() => {
      this.#ports.endOthers();
      void this.#finish(null);
    }, graceMilliseconds);
  }

  #strengthen(cause: StopCause): void {
    this.#cause = cause;
    if (cause.kind !== 'taken') this.#sender?.note('error', cause.sentence);
  }

  /** The task has ended with `outcome`, or, when it is null, did not end within its grace. */
  async #finish(outcome: Outcome | null): Promise<void> {
    if (this.#hasFinished || this.#phase === 'over') return;
    this.#hasFinished = true;
    this.#clearTimer();
    const wasStopped = this.#phase === 'stopping';
    // Until this is known, a stronger cause may still replace the present one.
    if (wasStopped) await Promise.race([this.#asked, pause(ASK_MILLISECONDS)]);
    if (this.#isOver()) return;
    this.#phase = 'reporting';
    // The report of a stopped task says that nothing of it is alive: a next try may begin.
    if (wasStopped) this.#ports.endOthers();
    const final = this.#cause === null ? outcome : outcomeOf(this.#cause);
    if (final === null) return this.#over(LOST_EXIT_CODE, true);
    const exitCode = await this.#report(final);
    this.#over(exitCode, wasStopped);
  }

  /** A function, since the phase may change while something is waited for. */
  #isOver(): boolean {
    return this.#phase === 'over';
  }

  async #report(outcome: Outcome): Promise<number> {
    const { token } = this.#terms as LeaseTerms;
    const client = this.#client as ApiClient;
    const sender = this.#sender as LogSender;
    const renewal = this.#renewal as Renewal;
    const { monotonic, fraction } = this.#ports;
    const reporter = new Reporter({
      report: (request, timeout) => client.report(token, request, timeout),
      monotonic,
      fraction,
      leaseEnd: () => renewal.leaseEnd,
    });
    return await reporter.report(outcome, sender);
  }

  /** Nothing of the task may run any more, and nothing may be said. */
  #lost(): void {
    if (this.#phase !== 'over') this.#over(LOST_EXIT_CODE, true);
  }

  #over(exitCode: number, wasStopped: boolean): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#clearTimer();
    this.#renewal?.close();
    if (wasStopped) this.#ports.endOthers();
    Atomics.store(this.#ports.cells, CELLS.over, exitCode + 1);
    Atomics.notify(this.#ports.cells, CELLS.over);
    this.#ports.post({ kind: 'over', exitCode });
    setTimeout(() => this.#ports.endSelf(), wasStopped ? STOPPED_LEAVE_MILLISECONDS : LEAVE_MILLISECONDS);
  }

  /** For the task's context: repeated while the API is away; the end of the lease ends that too. */
  async #read(number: number, path: string): Promise<void> {
    const { token } = this.#terms as LeaseTerms;
    const client = this.#client as ApiClient;
    for (let tries = 1; this.#phase !== 'over'; tries += 1) {
      const answer = await client.read(token, path, SEND_MILLISECONDS);
      if (answer.kind !== 'away') {
        this.#ports.post({ kind: 'value', number, answer });
        return;
      }
      await pause(backOffMilliseconds(tries, this.#ports.fraction()));
    }
  }

  #clearTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

const CLASS_OF: { readonly [Kind in Exclude<StopKind, 'taken'>]: FailureClass } = {
  disrupted: 'disrupted',
  timeout: 'timeout',
  killed: 'killed',
};

/** Null for an attempt about which this worker has nothing to say any more. */
function outcomeOf(cause: StopCause): (Outcome & { failure: Failure }) | null {
  return cause.kind === 'taken' ? null : failed(CLASS_OF[cause.kind], cause.sentence);
}

function rankOf(kind: StopKind): number {
  return STOP_KINDS.indexOf(kind);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
