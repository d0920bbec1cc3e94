import type pg from 'pg';
import type { Queryable } from './database.ts';
import { CommitUnknown, databaseFailure, isSessionGone } from './database-failure.ts';
import { asCallersSeeIt } from './failure-sentence.ts';

/** One transaction on one connection. Statements run one after another, also when the work starts several at once. */
export class Transaction implements Queryable {
  readonly #client: pg.PoolClient;
  #last: Promise<unknown> = Promise.resolve();
  #state: 'new' | 'open' | 'ended' = 'new';
  #failure: unknown;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  /** What the database said when a statement failed first; the transaction cannot commit after it. */
  get failure(): unknown {
    return this.#failure;
  }

  async begin(): Promise<void> {
    await this.#send('begin isolation level read committed');
    this.#state = 'open';
  }

  query<Row>(text: string, values?: readonly unknown[], name?: string): Promise<Row[]> {
    const next = this.#last.then(async () => {
      if (this.#state !== 'open') {
        throw new Error('The transaction is over: await each statement before its work returns.');
      }
      const { rows } = await this.#send(text, values, name);
      return rows as Row[];
    });
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** Throws CommitUnknown when the answer to the commit is lost (rule D1). */
  async commit(): Promise<void> {
    await this.#last;
    this.#state = 'ended';
    if (this.#failure !== undefined) {
      throw asCallersSeeIt(this.#failure);
    }
    try {
      await this.#client.query('commit');
    } catch (error) {
      const { kind } = databaseFailure(error);
      this.#failure = isSessionGone(kind) ? new CommitUnknown(error) : error;
      throw asCallersSeeIt(this.#failure);
    }
  }

  /** Gives true when the connection may go back to the pool. */
  async rollback(): Promise<boolean> {
    await this.#last;
    this.#state = 'ended';
    if (this.#failure !== undefined && isSessionGone(databaseFailure(this.#failure).kind)) {
      return false;
    }
    try {
      await this.#client.query('rollback');
      return true;
    } catch {
      return false;
    }
  }

  async #send(text: string, values?: readonly unknown[], name?: string): Promise<pg.QueryResult> {
    try {
      return await this.#client.query({ text, values: values as unknown[], name });
    } catch (error) {
      this.#failure ??= error;
      throw asCallersSeeIt(error);
    }
  }
}
