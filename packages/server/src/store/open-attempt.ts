/**
 * SQL that is true while an attempt is open, for statements that reach attempts by id.
 *
 * Written so that no partial index of `attempt` fits it. With a plain `state in ('queued', 'running')` the planner, which
 * guesses few open attempts, walked a partial index for each row of a batch: 10 ms for 20 claims instead of 0.4 ms.
 */
export function isOpen(alias: string): string {
  return `coalesce(${alias}.state, '') in ('queued', 'running')`;
}
