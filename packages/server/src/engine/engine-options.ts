import type { RetryPolicy } from '../plan/conclude-attempt.ts';

export interface EngineOptions {
  /** How often the database is asked what waits, behind NOTIFY. */
  readonly pollMilliseconds: number;
  /** `[scheduler] max_dagruns_per_loop`. */
  readonly runsPerTurn: number;
  /** `[core] parallelism`. */
  readonly parallelism: number;
  /** `[scheduler] task_queued_timeout`. */
  readonly queuedTimeoutSeconds: number;
  /** `[workers] task_heartbeat`; leases are judged with three of these as amnesty after an outage. */
  readonly heartbeatSeconds: number;
  readonly retryPolicy: RetryPolicy;
}
