import type { AttemptLedger } from '../executor.ts';

const STATES_A_QUESTION = 1000;

/** What the ledger says of many attempts, some at a time. */
export async function askStates(
  ledger: Pick<AttemptLedger, 'states'>,
  attemptIds: readonly string[],
): Promise<Map<string, 'open' | 'succeeded' | 'failed'>> {
  const states = new Map<string, 'open' | 'succeeded' | 'failed'>();
  for (let first = 0; first < attemptIds.length; first += STATES_A_QUESTION) {
    const part = await ledger.states(attemptIds.slice(first, first + STATES_A_QUESTION));
    for (const [attemptId, state] of part) states.set(attemptId, state);
  }
  return states;
}
