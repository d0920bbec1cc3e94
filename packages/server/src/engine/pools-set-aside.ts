import type { Queryable } from '../store/database.ts';
import { databaseFailure } from '../store/database-failure.ts';
import { heldPools } from '../store/held-pools.ts';
import type { PoolUseRow } from '../store/pool-use.ts';
import type { EngineEvents } from './engine-events.ts';

/**
 * Pools whose row another session holds: a person's open transaction, a stopped backend (rule D7). One group commit asks
 * for the slots of many pools and would wait for that one lock with all of them, so after a lock timeout such pools get
 * no new attempts until their row is free. All others go on.
 */
export class PoolsSetAside {
  readonly #database: Queryable;
  readonly #events: Partial<EngineEvents>;
  #names: ReadonlySet<string> = new Set();

  constructor(database: Queryable, events: Partial<EngineEvents>) {
    this.#database = database;
    this.#events = events;
  }

  /** Told of a turn that failed; looks for held pools when it failed by a lock timeout. Never throws. */
  async afterFailure(error: unknown): Promise<void> {
    if (databaseFailure(error).kind !== 'lock_timeout') return;
    try {
      await this.#look();
    } catch (failure) {
      this.#events.trouble?.({ what: 'Which pools are held by other sessions is not known.', error: failure });
    }
  }

  /** The pools as the planner may use them: one that is set aside is full. */
  async mask(pools: readonly PoolUseRow[]): Promise<readonly PoolUseRow[]> {
    if (this.#names.size > 0) await this.#look();
    return pools.map((pool) => (this.#names.has(pool.name) ? { name: pool.name, slots: 1, used: 1 } : pool));
  }

  async #look(): Promise<void> {
    const found = new Set(await heldPools(this.#database));
    for (const name of found) {
      if (this.#names.has(name)) continue;
      const what = `Another session holds the row of pool ${name} in the database; its tasks wait until it is free, all others go on.`;
      this.#events.trouble?.({ what, error: null });
    }
    this.#names = found;
  }
}
