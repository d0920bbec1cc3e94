import type { AttemptFact } from '@gantry/sdk/model';
import type { StepBatch } from '../store/commit-steps.ts';

/** A fact as a row of the inbox table: for the leader of its run, or for later. */
export function foreignFact(fact: AttemptFact): StepBatch['foreign'][number] {
  const { kind, attemptId, ...body } = fact;
  return { attempt_id: attemptId, kind, body: JSON.parse(JSON.stringify(body)) };
}
