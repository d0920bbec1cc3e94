import type { Clock, HeartbeatAnswer } from '@gantry/sdk/model';
import type { Queryable } from '../../store/database.ts';
import { extendLeases, type Holder } from '../../store/extend-leases.ts';
import { GroupCommit } from '../group-commit.ts';
import { RequestRates } from '../request-rates.ts';

/** A worker beats every few seconds; again at once when a connection broke. */
const MOST_BEATS = { perSecond: 5, burst: 50 };

/** Renews leases in groups. */
export class Heartbeats {
  readonly #group: GroupCommit<Holder, HeartbeatAnswer | null>;

  readonly #rates: RequestRates;

  constructor(db: Queryable, leaseSeconds: number, clock: Clock) {
    this.#rates = new RequestRates(MOST_BEATS, clock);
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

  /** Seconds that a worker has to wait that beats much too often; 0 when it may beat. Counted by its own token. */
  waitSeconds({ tokenHash }: Holder): number {
    return this.#rates.waitSeconds(tokenHash);
  }

  /** Null: the attempt is closed or another worker's. */
  async beat(holder: Holder): Promise<HeartbeatAnswer | null> {
    return this.#group.add(holder);
  }
}
