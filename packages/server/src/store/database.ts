/**
 * The connection to Postgres as every store verb takes it. A verb is a function `(db: Queryable, ...)` in a file of its
 * own; hot ones pass a statement name so that the plan is prepared once a connection.
 */
export interface Queryable {
  /** Rows of one statement. bigint columns are JS numbers, timestamptz are ISO 8601 strings in UTC, jsonb is parsed. */
  query<Row>(text: string, values?: readonly unknown[], name?: string): Promise<Row[]>;
}

export interface Database extends Queryable {
  /**
   * Runs `work` in one READ COMMITTED transaction. Serialization failures and deadlocks (40001, 40P01) are run again,
   * a few times, with jitter; a lost connection is not, since the commit may have happened (rule D1).
   */
  transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result>;
  /**
   * LISTENs on a dedicated connection that reconnects by itself. `heard` is called for each notification, and once
   * after every (re)connect with a null payload, since what was sent meanwhile is lost (rule D4).
   */
  listen(channel: string, heard: (payload: string | null) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
