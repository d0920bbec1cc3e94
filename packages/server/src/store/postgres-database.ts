import { setTimeout as sleep } from 'node:timers/promises';
import { GantryError } from '@gantry/sdk/model';
import type pg from 'pg';
import type { Database, Queryable } from './database.ts';
import { CommitUnknown, databaseFailure, isSessionGone } from './database-failure.ts';
import { asCallersSeeIt, noConnection } from './failure-sentence.ts';
import type { Listener } from './listener.ts';
import { jittered } from './system-jitter.ts';
import { Transaction } from './transaction.ts';

/** How often a transaction that lost to another one (40001, 40P01) is run in all. */
const MOST_RUNS = 6;
const FIRST_PAUSE_MILLISECONDS = 20;
/** How long `close` waits for connections to end. */
const CLOSE_MILLISECONDS = 10_000;

/** `Database` over a pool of node-postgres. */
export class PostgresDatabase implements Database {
  readonly #pool: pg.Pool;
  readonly #listener: Listener;
  #closed: Promise<void> | undefined;
  /** Grows when a migration made the plans of open sessions stale; older sessions are then not used again. */
  #generation = 0;
  readonly #generations = new WeakMap<pg.PoolClient, number>();

  constructor(pool: pg.Pool, listener: Listener, warn: (sentence: string) => void) {
    this.#pool = pool;
    this.#listener = listener;
    // An idle client that dies tells the pool, which drops it; without a listener that event would end the process.
    pool.on('error', (error) => warn(`An idle database connection was lost: ${error.message}.`));
    // The pool listens only while a client is idle; a cut while it is taken would end the process as well.
    pool.on('connect', (client) => {
      client.on('error', () => undefined);
      this.#generations.set(client, this.#generation);
    });
  }

  async query<Row>(text: string, values?: readonly unknown[], name?: string): Promise<Row[]> {
    for (let run = 1; ; run += 1) {
      const client = await this.#connect();
      try {
        const { rows } = await client.query({ text, values: values as unknown[], name });
        client.release();
        return rows as Row[];
      } catch (error) {
        const { kind } = databaseFailure(error);
        client.release(isSessionGone(kind));
        // The server refused before it did anything, so the statement may run once more on a new session.
        if (this.#madeStale(error) && run === 1) {
          continue;
        }
        // A statement outside a transaction commits itself, so a lost answer leaves open whether it did.
        throw asCallersSeeIt(kind === 'connection_lost' || kind === 'shutdown' ? new CommitUnknown(error) : error);
      }
    }
  }

  async transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result> {
    let pause = FIRST_PAUSE_MILLISECONDS;
    for (let run = 1; ; run += 1) {
      const done = await this.#runOnce(work);
      if (done.kind === 'committed') {
        return done.result;
      }
      if (!done.again || run === MOST_RUNS) {
        throw asCallersSeeIt(done.error);
      }
      await sleep(jittered(pause));
      pause *= 2;
    }
  }

  listen(channel: string, heard: (payload: string | null) => void): Promise<() => Promise<void>> {
    return this.#listener.listen(channel, heard);
  }

  close(): Promise<void> {
    // Over a dead network the goodbye of a connection is never answered; the bound keeps the process's end from it.
    this.#closed ??= Promise.race([
      Promise.all([this.#listener.close(), this.#pool.end()]).then(() => undefined),
      sleep(CLOSE_MILLISECONDS, undefined, { ref: false }),
    ]);
    return this.#closed;
  }

  async #connect(): Promise<pg.PoolClient> {
    if (this.#closed !== undefined) {
      throw new GantryError('unavailable', 'The connection to the database was closed by this process.');
    }
    try {
      let client = await this.#pool.connect();
      while (this.#generations.get(client) !== this.#generation) {
        client.release(true);
        client = await this.#pool.connect();
      }
      return client;
    } catch (error) {
      throw noConnection(error);
    }
  }

  /** A named statement whose tables a migration changed: its plan lives in the session, as do those of others. */
  #madeStale(error: unknown): boolean {
    const { sqlState, message } = databaseFailure(error);
    const isStale = sqlState === '0A000' && message.includes('cached plan must not change result type');
    if (isStale) {
      this.#generation += 1;
    }
    return isStale;
  }

  async #runOnce<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Run<Result>> {
    const client = await this.#connect();
    const transaction = new Transaction(client);
    try {
      await transaction.begin();
      const result = await work(transaction);
      await transaction.commit();
      client.release();
      return { kind: 'committed', result };
    } catch (error) {
      const usable = await transaction.rollback();
      client.release(!usable);
      // What broke the transaction decides, even when the work wrapped it in an error of its own.
      const broken = transaction.failure ?? error;
      const { kind } = databaseFailure(broken);
      const again = kind === 'serialization' || kind === 'deadlock' || this.#madeStale(broken);
      return { kind: 'failed', error, again };
    }
  }
}

type Run<Result> =
  | { readonly kind: 'committed'; readonly result: Result }
  | { readonly kind: 'failed'; readonly error: unknown; readonly again: boolean };
