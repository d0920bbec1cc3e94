import type { FactRow } from '../store/read-facts.ts';

/**
 * What of an inbox one commit may apply, in its order. A request stands alone among the facts of its run: with one that
 * came before or after it, the rows would pass over a state, e.g. running to failed to none when a task is marked and
 * then cleared, and the database refuses what is no legal transition. The rest waits for the next turn.
 */
export function factsOfOneCommit(rows: readonly FactRow[]): FactRow[] {
  const runsBegun = new Set<number>();
  const runsFull = new Set<number>();
  return rows.filter(({ run_key: runKey, attempt_id: attemptId }) => {
    const isRequest = attemptId === null;
    const fits = !runsFull.has(runKey) && !(isRequest && runsBegun.has(runKey));
    runsBegun.add(runKey);
    if (isRequest) runsFull.add(runKey);
    return fits;
  });
}
