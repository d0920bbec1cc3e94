import type { TaskState } from '@gantry/sdk/model';
import { setInstanceState } from '../plan/run-snapshot.ts';
import type { LedRun } from './led-run.ts';

/** Moves an instance in the snapshot and marks its row for the next commit. */
export function move(run: LedRun, index: number, state: TaskState): void {
  setInstanceState(run.snapshot, index, state);
  run.dirty.add(index);
  if (state === 'scheduled') run.ready.add(index);
  else run.ready.delete(index);
}
