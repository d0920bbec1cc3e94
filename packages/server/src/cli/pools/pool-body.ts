/** A pool as the API tells it. */
export interface PoolBody {
  readonly name: string;
  /** -1 is unlimited. */
  readonly slots: number;
  readonly description: string | null;
  readonly include_deferred: boolean;
  readonly running_slots: number;
  readonly queued_slots: number;
  readonly scheduled_slots: number;
  readonly open_slots: number;
}
