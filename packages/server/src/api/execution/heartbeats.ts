import type { HeartbeatAnswer } from '@gantry/sdk/model';
import type { Queryable } from '../../store/database.ts';
import { extendLeases, type Holder } from '../../store/extend-leases.ts';
import { GroupCommit } from '../group-commit.ts';

/** Renews leases in groups. */
export class Heartbeats {
  readonly #group: GroupCommit<Holder, HeartbeatAnswer | null>;

  constructor(db: Queryable, leaseSeconds: number) {
    this.#group = new GroupCommit({
      keyOf: (holder) => holder.attemptId,
      commit: async (holders) => {
        const extended = await extendLeases(db, holders, leaseSeconds);
        const stops = new Map(extended.map(({ attemptId, stopSentence }) => [attemptId, stopSentence]));
        return holders.map(({ attemptId }) => {
          const sentence = stops.get(attemptId);
          if (sentence === undefined) return null;
          return { leaseSeconds, stop: sentence === null ? null : { sentence } };
        });
      },
    });
  }

  /** Null: the attempt is closed or another worker's. */
  async beat(holder: Holder): Promise<HeartbeatAnswer | null> {
    return this.#group.add(holder);
  }
}
