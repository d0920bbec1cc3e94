import type { RetryPolicy } from '../plan/conclude-attempt.ts';
import type { LedRun, LiveAttempt } from './led-run.ts';
import type { StepCollector } from './step-collector.ts';

/** What applying a fact needs and may add to. */
export interface Bench {
  readonly collector: StepCollector;
  readonly now: number;
  readonly policy: RetryPolicy;
  /** How long the executor's own word on why a worker was told to end is waited for; 0 when it has none. */
  evidenceSeconds(attempt: LiveAttempt): number;
  /** Told when an attempt closes; the engine forgets it and sends the executor to clean up after the commit. */
  closed(attempt: LiveAttempt, why: 'succeeded' | 'failed'): void;
  /** Takes an attempt from its task instance: whatever it says from now on changes nothing, and it is made to end. */
  stop(attempt: LiveAttempt, sentence: string): void;
  /** Commits what was changed before anything is planned, so that no state is passed over in the rows. */
  commitFirst(run: LedRun): void;
}
