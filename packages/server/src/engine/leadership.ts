import type { Random } from '@gantry/sdk/model';
import type { Database } from '../store/database.ts';
import { endService, registerService, renewService } from '../store/service-lease.ts';
import type { DatabaseClock } from './database-clock.ts';

/** Renews the lease beside the loop, whatever the loop does; see main's thread. */
export interface LeaseKeeper {
  /** The lease of this service is to be kept from now on. */
  hold(serviceId: string): void;
  /** The loop itself has renewed: it lives. */
  renewed(): void;
  /** Nothing is held any more. */
  release(): void;
}

/** Where a scheduler runs; `process` proves its death to others of its machine. */
export interface SchedulerPlace {
  readonly hostname: string;
  readonly pid: number;
  readonly process?: string | null;
}

/**
 * This scheduler's identity and lease. Runs name their leader; the lead holds while the leader's lease does, so one
 * renewal keeps any number of runs. After a lease is lost the scheduler goes on under a new id: what it led belongs to
 * whoever takes it, and nothing is written under the old id.
 */
export class Leadership {
  readonly #database: Database;
  readonly #clock: DatabaseClock;
  readonly #random: Random;
  readonly #place: SchedulerPlace;
  readonly #leaseSeconds: number;
  readonly #keeper: LeaseKeeper | null;
  #id: string | null = null;
  #renewedAt = 0;

  constructor(
    database: Database,
    clock: DatabaseClock,
    random: Random,
    place: SchedulerPlace,
    leaseSeconds: number,
    keeper: LeaseKeeper | null = null,
  ) {
    this.#database = database;
    this.#clock = clock;
    this.#random = random;
    this.#place = place;
    this.#leaseSeconds = leaseSeconds;
    this.#keeper = keeper;
  }

  /** The id to lead with; null before the first `ensure`, and after a loss until the next one. */
  get id(): string | null {
    return this.#id;
  }

  /** Registers, or renews when a third of the lease has passed. Answers `lost` when what was led must be forgotten. */
  async ensure(): Promise<'held' | 'new' | 'lost'> {
    if (this.#id === null) {
      const id = this.#random.uuid();
      const service = { id, kind: 'scheduler', ...this.#place, leaseSeconds: this.#leaseSeconds } as const;
      await registerService(this.#database, service);
      this.#id = id;
      this.#keeper?.hold(id);
      await this.#renew(id);
      return 'new';
    }
    if (this.#clock.monotonic() - this.#renewedAt < (this.#leaseSeconds * 1000) / 3) return 'held';
    if (await this.#renew(this.#id)) return 'held';
    this.lose();
    return 'lost';
  }

  /** Told by a commit that was refused for the lease. */
  lose(): void {
    this.#id = null;
    this.#keeper?.release();
  }

  /** Ends the lease so that others take over at once. */
  async resign(): Promise<void> {
    const id = this.#id;
    this.lose();
    if (id !== null) await endService(this.#database, id);
  }

  /** Ends the lease of another scheduler that is proven dead, so that its runs are taken over at once. */
  async endDead(id: string): Promise<void> {
    await endService(this.#database, id);
  }

  async #renew(id: string): Promise<boolean> {
    const sentAt = this.#clock.monotonic();
    const now = await renewService(this.#database, id, this.#leaseSeconds);
    if (now === null) return false;
    this.#clock.set(now);
    this.#renewedAt = sentAt;
    this.#keeper?.renewed();
    return true;
  }
}
