import type { Clock, RequestFact } from '@gantry/sdk/model';
import type { Queryable } from '../../store/database.ts';
import { areWaiting } from '../../store/insert-request.ts';

const FIRST_LOOK_MILLISECONDS = 10;
const LONGEST_LOOK_MILLISECONDS = 250;

/** What is asked of one run. */
export interface Asked {
  readonly runKey: number;
  readonly request: RequestFact;
}

/**
 * Waits until the schedulers that lead the runs have applied these requests, so that the answer shows the new states;
 * after `waitMilliseconds` it does not wait any more, and the requests stand (no scheduler may be running).
 */
export async function untilApplied(
  { database, clock }: { readonly database: Queryable; readonly clock: Clock },
  factIds: readonly number[],
  waitMilliseconds: number,
): Promise<void> {
  const until = clock.monotonic() + waitMilliseconds;
  let pause = FIRST_LOOK_MILLISECONDS;
  while (clock.monotonic() < until && (await areWaiting(database, factIds))) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_LOOK_MILLISECONDS);
  }
}
