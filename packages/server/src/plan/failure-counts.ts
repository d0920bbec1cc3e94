import type { FailureClass, FailureCounts } from '@gantry/sdk/model';

/** No failure yet. */
export const NO_FAILURES: FailureCounts = {};

/** The counts after one more failure of a class; `free`: the launch that follows spends none of the user's retries. */
export function countFailure(counts: FailureCounts, name: FailureClass, free: boolean): FailureCounts {
  const before = counts[name] ?? { total: 0, free: 0 };
  return { ...counts, [name]: { total: before.total + 1, free: before.free + (free ? 1 : 0) } };
}

/** The counts as a new try begins: its budgets are whole again, what happened stays known. */
export function countsOfNewTry(counts: FailureCounts): FailureCounts {
  const entries = Object.entries(counts) as [FailureClass, { total: number }][];
  return Object.fromEntries(entries.map(([name, { total }]) => [name, { total, free: 0 }]));
}

/** Free retries that the present try had, of all classes. */
export function freeRetriesOf(counts: FailureCounts): number {
  return Object.values(counts).reduce((sum, { free }) => sum + free, 0);
}
