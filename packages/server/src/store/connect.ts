import { setTimeout as sleep } from 'node:timers/promises';
import { GantryError } from '@gantry/sdk/model';
import pg from 'pg';
import { connectionSettings, type SessionBounds } from './connection-settings.ts';
import type { Database } from './database.ts';
import { checkedDatabaseUrl, databasePlace } from './database-url.ts';
import { connectFailure } from './failure-sentence.ts';
import { Listener } from './listener.ts';
import { PostgresDatabase } from './postgres-database.ts';

export interface DatabaseOptions {
  /** `postgresql://user:password@host:port/database`; libpq's query parameters work (`sslmode`, `options`, `host` ...). */
  readonly url: string;
  /** Shown in pg_stat_activity, for instance `gantry scheduler`. */
  readonly applicationName: string;
  /** Most connections at once, the listener not counted. Default 10. Airflow: `sql_alchemy_pool_size`. */
  readonly poolSize?: number;
  /** Default 30; 0 is none, for migrations. */
  readonly statementTimeoutSeconds?: number;
  /** How long a statement waits for a row that another session locks. Default 10 (a stopped backend keeps its locks). */
  readonly lockTimeoutSeconds?: number;
  /** Default 60: the server ends a session that forgot its transaction, and so frees its locks. */
  readonly idleInTransactionTimeoutSeconds?: number;
  /** How long to wait for a connection, be it new or out of the pool. Default 10. */
  readonly connectTimeoutSeconds?: number;
  /** A direct URL for LISTEN, where `url` goes through a transaction-pooling proxy. Default: `url`. */
  readonly listenUrl?: string;
  /** How much longer than the statement timeout to wait for an answer before the connection counts as dead. Default 5. */
  readonly answerMarginSeconds?: number;
  /** How often the listener asks whether its connection still lives. Default 15. */
  readonly heartbeatSeconds?: number;
  /** Told in a sentence of what was survived: a lost listener, a connection that died in the pool. */
  readonly onWarning?: (sentence: string) => void;
}

/** server_version_num of the oldest supported server. */
const OLDEST_VERSION = 150000;
/** How long to wait for the end of the connection that asked for the version. */
const CLOSE_MILLISECONDS = 1_000;

/**
 * Opens a pool of connections and makes sure that a supported server answers.
 * Throws GantryError `database_unsupported` (another database, or older than PostgreSQL 15), `configuration_invalid`
 * or `database_unreachable`, each with one sentence that never shows the password.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const url = checkedDatabaseUrl(options.url);
  const listenUrl = options.listenUrl === undefined ? url : checkedDatabaseUrl(options.listenUrl);
  const bounds: SessionBounds = {
    statementTimeoutSeconds: options.statementTimeoutSeconds ?? 30,
    lockTimeoutSeconds: options.lockTimeoutSeconds ?? 10,
    idleInTransactionTimeoutSeconds: options.idleInTransactionTimeoutSeconds ?? 60,
    connectTimeoutSeconds: options.connectTimeoutSeconds ?? 10,
    answerMarginSeconds: options.answerMarginSeconds ?? 5,
  };
  const warn = options.onWarning ?? (() => undefined);
  const settings = connectionSettings(url, options.applicationName, bounds);
  try {
    await checkServer(settings, url);
  } catch (error) {
    throw connectFailure(error, url);
  }
  const pool = new pg.Pool({ ...settings, max: options.poolSize ?? 10, idleTimeoutMillis: 30_000 });
  const listener = new Listener({
    settings: connectionSettings(listenUrl, `${options.applicationName} listener`, {
      ...bounds,
      // It only listens and asks whether it lives; a longer silence means that the connection is dead.
      statementTimeoutSeconds: Math.min(bounds.statementTimeoutSeconds || 5, 5),
      idleInTransactionTimeoutSeconds: 0,
    }),
    heartbeatSeconds: options.heartbeatSeconds ?? 15,
    warn,
  });
  return new PostgresDatabase(pool, listener, warn);
}

/**
 * Connects once outside the pool, which gives a client of its own to close: the driver leaves a socket open when it
 * gives up a login half way, and the server then waits for the rest for a minute (and DROP DATABASE waits for it).
 */
async function checkServer(settings: pg.ClientConfig, url: string): Promise<void> {
  const client = new pg.Client(settings);
  client.on('error', () => undefined);
  try {
    await client.connect();
    await checkVersion(client, url);
  } finally {
    await Promise.race([client.end(), sleep(CLOSE_MILLISECONDS, undefined, { ref: false })]);
  }
}

async function checkVersion(client: pg.Client, url: string): Promise<void> {
  const { rows } = await client.query<{ version: string; number: number }>(
    "select current_setting('server_version') as version, current_setting('server_version_num')::int as number",
  );
  const found = rows[0];
  if (found === undefined || found.number < OLDEST_VERSION) {
    throw new GantryError(
      'database_unsupported',
      `The server at ${databasePlace(url)} is PostgreSQL ${found?.version ?? 'of an unknown version'}: expected 15 or newer.`,
    );
  }
}
