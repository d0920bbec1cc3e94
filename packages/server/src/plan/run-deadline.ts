import { isFinished } from '@gantry/sdk/model';
import { setInstanceState } from './run-snapshot.ts';
import type { RunSnapshot } from './snapshot.ts';
import type { Step } from './step.ts';

export interface OverdueRun {
  /** Skips everything unfinished and fails the run; applied to the snapshot already. */
  readonly steps: Step[];
  /** Instances that had an open attempt, which is to be stopped. */
  readonly stop: number[];
}

/** When the run is overdue, in milliseconds since 1970; null without `dagrunTimeout` or before its start. */
export function runDeadline(snapshot: RunSnapshot): number | null {
  const { dagrunTimeoutSeconds } = snapshot.graph.spec;
  if (dagrunTimeoutSeconds === null || snapshot.startedAt === null || snapshot.state !== 'running') return null;
  return snapshot.startedAt + dagrunTimeoutSeconds * 1000;
}

/** Ends a run that has passed its deadline; null while it has not. Airflow: dagrun_timeout. */
export function overdueRun(snapshot: RunSnapshot, now: number): OverdueRun | null {
  const deadline = runDeadline(snapshot);
  if (deadline === null || now < deadline) return null;
  const reason = `The run took longer than its dagrunTimeout of ${snapshot.graph.spec.dagrunTimeoutSeconds} s.`;
  const overdue: OverdueRun = { steps: [], stop: [] };
  for (const instance of snapshot.instances) {
    if (isFinished(instance.state)) continue;
    const { index, state } = instance;
    if (state === 'queued' || state === 'running' || state === 'restarting') overdue.stop.push(index);
    instance.notBefore = null;
    instance.reason = reason;
    setInstanceState(snapshot, index, 'skipped');
    overdue.steps.push({ kind: 'settle', index, state: 'skipped', reason });
  }
  snapshot.state = 'failed';
  overdue.steps.push({ kind: 'finish_run', state: 'failed', reason });
  return overdue;
}
