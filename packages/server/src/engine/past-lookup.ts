import { waitingForPast } from '../plan/past-dependency.ts';
import { setPast } from '../plan/run-snapshot.ts';
import type { Queryable } from '../store/database.ts';
import { databaseFailure, isContentRefused } from '../store/database-failure.ts';
import { pastStates } from '../store/scheduled-runs.ts';
import type { LedRun } from './led-run.ts';

/** The runs in which an instance waits for the same task of the run before, and what became of that. */
export class PastLookup {
  readonly #database: Queryable;
  readonly #waiting = new Set<LedRun>();

  constructor(database: Queryable) {
    this.#database = database;
  }

  add(run: LedRun): void {
    this.#waiting.add(run);
  }

  forget(run: LedRun): void {
    this.#waiting.delete(run);
  }

  /** Answers the runs in which a past has changed. One whose past cannot be read is handed to `breakOff`. */
  async look(breakOff: (run: LedRun, error: unknown) => void): Promise<LedRun[]> {
    const changed: LedRun[] = [];
    for (const run of this.#waiting) {
      try {
        if (await this.#lookAt(run)) changed.push(run);
      } catch (error) {
        if (!isContentRefused(databaseFailure(error))) throw error;
        breakOff(run, error);
      }
    }
    return changed;
  }

  async #lookAt(run: LedRun): Promise<boolean> {
    const waiting = waitingForPast(run.snapshot);
    if (waiting.length === 0) {
      this.#waiting.delete(run);
      return false;
    }
    const taskOf = (index: number): string => run.spec.tasks[index]!.taskId;
    const states = await pastStates(this.#database, run.runKey, waiting.map(taskOf));
    let isChanged = false;
    for (const index of waiting) {
      const past = (states.get(taskOf(index)) ?? null) as Parameters<typeof setPast>[2];
      if (past === run.snapshot.instances[index]!.past) continue;
      setPast(run.snapshot, index, past);
      isChanged = true;
    }
    return isChanged;
  }
}
