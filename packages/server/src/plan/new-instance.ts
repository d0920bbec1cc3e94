import type { TaskSpec } from '@gantry/sdk/model';
import { NO_FAILURES } from './failure-counts.ts';
import type { InstanceSnapshot } from './snapshot.ts';

/** A task instance as it is when its run begins, for runs that no database holds. */
export function newInstance(task: TaskSpec, index: number): InstanceSnapshot {
  return {
    index,
    mapIndex: -1,
    id: String(index),
    state: 'none',
    tryNumber: 0,
    maxTries: task.retries,
    notBefore: null,
    skips: null,
    past: undefined,
    failures: NO_FAILURES,
    attemptId: null,
    reason: null,
  };
}
