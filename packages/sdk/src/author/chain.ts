import { DagDefinitionError } from './definition-error.ts';
import { flat, order, type Steps } from './task-ref.ts';

/**
 * Each comes before the next. Between a list and a single one every member is joined; two lists of the same length are
 * joined member by member, and lists of different lengths are an error, as in Airflow.
 */
export function chain(...steps: readonly Steps[]): void {
  for (let index = 1; index < steps.length; index++) joinNeighbours(steps[index - 1]!, steps[index]!);
}

/** Every one of `from` comes before every one of `to`. */
export function crossDownstream(from: Steps, to: Steps): void {
  const later = flat([to]);
  for (const step of flat([from])) for (const next of later) order(step, next);
}

function joinNeighbours(from: Steps, to: Steps): void {
  if (!Array.isArray(from) || !Array.isArray(to)) {
    crossDownstream(from, to);
    return;
  }
  const earlier = flat([from]);
  const later = flat([to]);
  if (earlier.length !== later.length)
    throw new DagDefinitionError(
      `chain() joins two lists member by member, but one has ${earlier.length} and the next ${later.length}; use crossDownstream() to join all with all.`,
    );
  for (const [index, step] of earlier.entries()) order(step, later[index]!);
}
