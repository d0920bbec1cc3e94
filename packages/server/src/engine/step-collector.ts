import type { RunState } from '@gantry/sdk/model';
import type { AttemptChange, NewAttempt, StepBatch } from '../store/commit-steps.ts';
import type { LedRun } from './led-run.ts';

interface TouchedRun {
  readonly run: LedRun;
  state?: RunState;
  reason?: string | null;
  release?: true;
}

/** Collects what the next group commit writes; emptied by `take`. */
export class StepCollector {
  #runs = new Map<number, TouchedRun>();
  #changes = new Map<string, AttemptChange>();
  #attempts: NewAttempt[] = [];
  #facts: { id: number; run_key: number }[] = [];
  #foreign: StepBatch['foreign'][number][] = [];

  touch(run: LedRun): void {
    if (!this.#runs.has(run.runKey)) this.#runs.set(run.runKey, { run });
  }

  setRunState(run: LedRun, state: RunState, reason: string | null): void {
    this.#runs.set(run.runKey, { ...this.#runs.get(run.runKey), run, state, reason });
  }

  /** Gives the lead of the run back with the next commit. */
  release(run: LedRun): void {
    this.#runs.set(run.runKey, { ...this.#runs.get(run.runKey), run, release: true });
  }

  /** Several changes of one attempt in one commit become one; the later field wins. */
  changeAttempt(run: LedRun, change: AttemptChange): void {
    this.touch(run);
    this.#changes.set(change.id, { ...this.#changes.get(change.id), ...change });
  }

  addAttempt(run: LedRun, attempt: NewAttempt): void {
    this.touch(run);
    this.#attempts.push(attempt);
  }

  applied(run: LedRun, factId: number): void {
    this.touch(run);
    this.#facts.push({ id: factId, run_key: run.runKey });
  }

  foreign(fact: StepBatch['foreign'][number]): void {
    this.#foreign.push(fact);
  }

  /** Nothing of the run is written by the next commit. */
  drop({ runKey }: LedRun): void {
    const isOther = (row: { readonly run_key: number }): boolean => row.run_key !== runKey;
    this.#runs.delete(runKey);
    for (const [id, change] of this.#changes) if (!isOther(change)) this.#changes.delete(id);
    this.#attempts = this.#attempts.filter(isOther);
    this.#facts = this.#facts.filter(isOther);
  }

  /** The facts for the inbox table alone. */
  takeForeign(): StepBatch['foreign'] {
    return this.#foreign.splice(0);
  }

  /** The batch, or null when there is nothing to commit. A run that cannot be written is handed to `breakOff`, and left out. */
  take(cursor: StepBatch['cursor'], breakOff: (run: LedRun, error: unknown) => void): StepBatch | null {
    const instances = this.#instances(breakOff);
    if (this.#runs.size === 0 && this.#foreign.length === 0 && cursor === undefined) return null;
    const batch: StepBatch = {
      runs: [...this.#runs.values()].map(({ run, ...change }) => ({
        run_key: run.runKey,
        fence: run.fence,
        ...change,
      })),
      endings: [...this.#changes.values()],
      attempts: this.#attempts,
      instances,
      facts: this.#facts,
      foreign: this.#foreign,
      ...(cursor === undefined ? {} : { cursor }),
    };
    this.clear();
    return batch;
  }

  clear(): void {
    this.#runs = new Map();
    this.#changes = new Map();
    this.#attempts = [];
    this.#facts = [];
    this.#foreign = [];
  }

  #instances(breakOff: (run: LedRun, error: unknown) => void): StepBatch['instances'] {
    return [...this.#runs.values()].flatMap(({ run }) => {
      try {
        return instanceChanges(run);
      } catch (error) {
        breakOff(run, error);
        return [];
      }
    });
  }
}

function instanceChanges(run: LedRun): StepBatch['instances'] {
  const changes = [...run.dirty].map((index) => {
    const instance = run.snapshot.instances[index]!;
    return {
      run_key: run.runKey,
      task_index: index,
      map_index: instance.mapIndex,
      state: instance.state,
      try_number: instance.tryNumber,
      max_tries: instance.maxTries,
      attempt_id: instance.attemptId,
      not_before: instance.notBefore === null ? null : new Date(instance.notBefore).toISOString(),
      failures: instance.failures,
      reason: instance.reason,
      skips: instance.skips,
    };
  });
  run.dirty.clear();
  return changes;
}
