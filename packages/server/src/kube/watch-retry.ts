import type { ListReason } from './pod-batch.ts';
import type { WatchCause } from './pod-watch-event.ts';

/** What to do after a watch connection has ended. */
export interface NextStep {
  /** Null: watch again from the same version. */
  readonly list: ListReason | null;
  /**
   * `none`: at once. `brief`: a moment, so that a server that ends every watch at once is not called in a tight loop.
   * `back_off`: W9. `asked`: what the server asked for, with jitter, else back off (W8).
   */
  readonly delay: 'none' | 'brief' | 'back_off' | 'asked';
}

/** A watch that ends by itself before this time and without an event counts as a failure (W9). */
const SHORT_LIFE_MILLISECONDS = 1_000;

/** Failures of one cause in a row, without progress, after which only a list helps. Causes not named never lead to a list. */
const PATIENCE: { readonly [cause in WatchCause]?: { readonly failures: number; readonly list: ListReason } } = {
  expired: { failures: 1, list: 'expired' }, // W6
  too_large: { failures: 1, list: 'too_large' }, // W7
  store_read_error: { failures: 1, list: 'server_error' }, // W8
  server_error: { failures: 5, list: 'server_error' }, // W8
  silence: { failures: 2, list: 'silence' }, // W10: the second time, the version may be one of the future
  unparsable: { failures: 3, list: 'server_error' }, // W11: the same line would end every watch from this version
  line_too_long: { failures: 2, list: 'server_error' }, // W12
};

/** Decides by W6 to W12. `repeated`: how often this cause came in a row without progress, this time included. */
export function nextStep(cause: WatchCause, repeated: number, livedMilliseconds: number, progress: number): NextStep {
  const patience = PATIENCE[cause];
  if (patience !== undefined && repeated >= patience.failures) {
    // A first expiry is part of life; one after the other is not, and must not become a storm of lists.
    return { list: patience.list, delay: repeated > patience.failures ? 'back_off' : 'none' };
  }
  if (cause === 'too_many') return { list: null, delay: 'asked' };
  if (cause === 'silence') return { list: null, delay: 'none' };
  if (cause !== 'server_closed') return { list: null, delay: 'back_off' };
  if (livedMilliseconds >= SHORT_LIFE_MILLISECONDS) return { list: null, delay: 'none' };
  return { list: null, delay: progress > 0 ? 'brief' : 'back_off' };
}
