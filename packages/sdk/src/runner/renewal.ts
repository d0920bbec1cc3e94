import type { HeartbeatAnswer } from '../model/execution-api.ts';
import type { ApiAnswer } from './api-client.ts';
import { backOffMilliseconds } from './back-off.ts';
import type { LeaseTerms } from './messages.ts';

export interface RenewalPorts {
  readonly heartbeat: (timeoutMilliseconds: number) => Promise<ApiAnswer<HeartbeatAnswer>>;
  readonly monotonic: () => number;
  readonly fraction: () => number;
  /** The user, through the API, wants the task to stop. */
  readonly onStop: (sentence: string) => void;
  /** The attempt is another worker's now. */
  readonly onTaken: () => void;
  /** No renewal came through in time; nothing of the task may run from now on. */
  readonly onLeaseEnd: () => void;
}

const TRY_MILLISECONDS = 10_000;

/**
 * Keeps the lease. It counts from the moment the last request that was answered well was *sent*, so that it ends here
 * before it ends on the server. The end is a little earlier still, to leave time for killing.
 */
export class Renewal {
  readonly #ports: RenewalPorts;
  readonly #heartbeatMilliseconds: number;
  readonly #claimSentAt: number;
  #leaseEnd: number;
  #beat: NodeJS.Timeout | null = null;
  #end: NodeJS.Timeout | null = null;
  #tries = 0;
  #closed = false;

  constructor(ports: RenewalPorts, terms: LeaseTerms) {
    this.#ports = ports;
    this.#heartbeatMilliseconds = terms.heartbeatSeconds * 1000;
    this.#claimSentAt = terms.sentAt;
    this.#leaseEnd = leaseEndOf(terms.sentAt, terms.leaseSeconds);
  }

  /** Monotonic milliseconds. */
  get leaseEnd(): number {
    return this.#leaseEnd;
  }

  start(): void {
    this.#watchEnd();
    // Counted from the claim, since the keeper may come up long after it.
    const sinceClaim = this.#ports.monotonic() - this.#claimSentAt;
    this.#schedule(Math.max(0, this.#heartbeatMilliseconds - sinceClaim));
  }

  /** Renews now, for instance to learn whether a SIGTERM stands for a stop that the API knows of. */
  async renew(): Promise<void> {
    const sentAt = this.#ports.monotonic();
    const timeout = Math.max(Math.min(TRY_MILLISECONDS, this.#leaseEnd - sentAt), 1);
    const answer = await this.#ports.heartbeat(timeout);
    if (this.#closed) return;
    if (answer.kind === 'ok') {
      this.#tries = 0;
      this.#leaseEnd = Math.max(this.#leaseEnd, leaseEndOf(sentAt, answer.body.leaseSeconds));
      if (answer.body.stop) this.#ports.onStop(answer.body.stop.sentence);
    } else if (answer.kind === 'not_yours') {
      this.#ports.onTaken();
    } else {
      this.#tries += 1;
    }
  }

  close(): void {
    this.#closed = true;
    if (this.#beat) clearTimeout(this.#beat);
    if (this.#end) clearTimeout(this.#end);
  }

  #schedule(milliseconds: number): void {
    if (this.#closed) return;
    this.#beat = setTimeout(() => {
      void this.renew().then(() => {
        const pause = this.#tries === 0 ? this.#heartbeatMilliseconds : this.#retryMilliseconds();
        this.#schedule(pause);
      });
    }, milliseconds);
  }

  #retryMilliseconds(): number {
    return Math.min(backOffMilliseconds(this.#tries, this.#ports.fraction()), this.#heartbeatMilliseconds);
  }

  #watchEnd(): void {
    if (this.#closed) return;
    const left = this.#leaseEnd - this.#ports.monotonic();
    if (left <= 0) this.#ports.onLeaseEnd();
    else this.#end = setTimeout(() => this.#watchEnd(), Math.min(left, 2 ** 31 - 1));
  }
}

/** Monotonic milliseconds at which a lease ends that was asked for at `sentAt`; a little early, to leave time for killing. */
export function leaseEndOf(sentAt: number, leaseSeconds: number): number {
  const milliseconds = leaseSeconds * 1000;
  return sentAt + milliseconds - Math.min(1_000, milliseconds / 10);
}
