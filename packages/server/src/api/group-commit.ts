import { GantryError } from '@gantry/sdk/model';
import { databaseFailure } from '../store/database-failure.ts';

export interface GroupCommitOptions<Row, Answer> {
  /** Commits rows of different keys in one statement; answers in the order of the rows. */
  readonly commit: (rows: readonly Row[]) => Promise<readonly Answer[]>;
  /** Two rows of one key never share a statement, since an update meets each row of a table once. */
  readonly keyOf: (row: Row) => string;
  /** Rows of one statement; 200 when not given. */
  readonly maximumRows?: number;
  /** Size of a row in bytes and the most of one statement; a row that is larger alone goes alone. */
  readonly bytesOf?: (row: Row) => number;
  readonly maximumBytes?: number;
  /** Rows that may wait before further ones are refused; 10 000 when not given. */
  readonly maximumWaiting?: number;
}

interface Waiting<Row, Answer> {
  readonly row: Row;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

const DEADLOCK_TRIES = 5;

/**
 * Joins requests into statements over arrays: a request that finds nothing under way is committed at once, and what
 * arrives while a statement is under way goes together into the next. So a lone request waits for nobody, and two
 * hundred at once cost a few round trips and disk syncs instead of two hundred.
 */
export class GroupCommit<Row, Answer> {
  readonly #options: Required<GroupCommitOptions<Row, Answer>>;
  #waiting: Waiting<Row, Answer>[] = [];
  #isRunning = false;

  constructor(options: GroupCommitOptions<Row, Answer>) {
    this.#options = {
      maximumRows: 200,
      bytesOf: () => 0,
      maximumBytes: 16 * 1024 * 1024,
      maximumWaiting: 10_000,
      ...options,
    };
  }

  /** Resolves after the row is committed. Throws `unavailable` when too many wait already. */
  add(row: Row): Promise<Answer> {
    if (this.#waiting.length >= this.#options.maximumWaiting) {
      throw new GantryError('unavailable', 'The database is slower than the requests; try again in some seconds.');
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ row, resolve, reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  /** Never rejects: every error goes to the requests of its batch. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) await this.#settle(this.#takeBatch());
    this.#isRunning = false;
  }

  #takeBatch(): Waiting<Row, Answer>[] {
    const { keyOf, bytesOf, maximumRows, maximumBytes } = this.#options;
    const batch: Waiting<Row, Answer>[] = [];
    const later: Waiting<Row, Answer>[] = [];
    const keys = new Set<string>();
    let bytes = 0;
    for (const waiting of this.#waiting) {
      const key = keyOf(waiting.row);
      const size = bytesOf(waiting.row);
      const fits = batch.length < maximumRows && !keys.has(key) && (batch.length === 0 || bytes + size <= maximumBytes);
      if (fits) {
        batch.push(waiting);
        bytes += size;
      } else later.push(waiting);
      // A later row of the same key must not pass an earlier one that waits.
      keys.add(key);
    }
    this.#waiting = later;
    return batch;
  }

  async #settle(batch: readonly Waiting<Row, Answer>[]): Promise<void> {
    try {
      const answers = await this.#commit(batch.map(({ row }) => row));
      batch.forEach(({ resolve }, place) => {
        resolve(answers[place]!);
      });
    } catch (error) {
      // One row that the database cannot take must not fail its neighbours, so each is tried alone.
      if (batch.length > 1 && isFaultOfARow(error)) for (const waiting of batch) await this.#settle([waiting]);
      else for (const { reject } of batch) reject(error);
    }
  }

  async #commit(rows: readonly Row[]): Promise<readonly Answer[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#options.commit(rows);
      } catch (error) {
        const { kind } = databaseFailure(error);
        if (tries === DEADLOCK_TRIES || (kind !== 'deadlock' && kind !== 'serialization')) throw error;
      }
    }
  }
}

/** Data exceptions, broken constraints and what a trigger raises. */
function isFaultOfARow(error: unknown): boolean {
  return /^(22|23|GA)/.test(databaseFailure(error).sqlState ?? '');
}
