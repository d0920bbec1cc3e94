import type { LogChunk } from '@gantry/sdk/model';
import type { AttemptLedger, LedWatch, OpenAttempt, StoredPodShape } from '../executors/executor.ts';
import { attemptStates, openAttempts, storeLogChunk } from '../store/attempt-ledger.ts';
import type { Database } from '../store/database.ts';
import { leadWatch } from '../store/lead-watch.ts';
import { storePodShapes } from '../store/store-pod-shapes.ts';
import type { Leadership } from './leadership.ts';

/** The executors' window on the database. */
export class StoreLedger implements AttemptLedger {
  readonly #database: Database;
  readonly #leadership: Leadership;
  readonly #watchLeaseSeconds: number;

  constructor(database: Database, leadership: Leadership, watchLeaseSeconds: number) {
    this.#database = database;
    this.#leadership = leadership;
    this.#watchLeaseSeconds = watchLeaseSeconds;
  }

  openAttempts(executor: string): Promise<readonly OpenAttempt[]> {
    return openAttempts(this.#database, executor);
  }

  states(attemptIds: readonly string[]): Promise<ReadonlyMap<string, 'open' | 'succeeded' | 'failed'>> {
    return attemptStates(this.#database, attemptIds);
  }

  async leadWatch(watchId: string): Promise<LedWatch | null> {
    const { id } = this.#leadership;
    return id === null ? null : leadWatch(this.#database, id, watchId, this.#watchLeaseSeconds);
  }

  storeLog(attemptId: string, chunk: LogChunk): Promise<void> {
    return storeLogChunk(this.#database, attemptId, chunk);
  }

  storePodShapes(shapes: readonly StoredPodShape[]): Promise<void> {
    return storePodShapes(this.#database, shapes);
  }
}
