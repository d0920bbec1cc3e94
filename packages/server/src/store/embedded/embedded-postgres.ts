import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { databaseFailure } from '../database-failure.ts';
import { preparedBinaries } from './binaries.ts';
import { initialize } from './initialize.ts';
import { homeInUse, settleLeftOver } from './left-over.ts';
import { takeOwnership } from './ownership.ts';
import { type Places, preparedPlaces } from './places.ts';
import { Postmaster } from './postmaster.ts';
import { type RunAs, serverUser } from './run-as.ts';
import { embeddedUrl } from './running-url.ts';
import type { ServerShape } from './server-flags.ts';
import { startFailure, WRONG_PASSWORD } from './start-failure.ts';
import { SUPERUSER } from './superuser.ts';

export interface EmbeddedPostgresOptions {
  /** Holds data, password and log between starts. As root below a closed folder the data lies in /var/lib/gantry. */
  readonly folder: string;
  /** Default: a free one at each start. */
  readonly port?: number;
  /** Default true. False loses data when the machine stops; for tests. */
  readonly durable?: boolean;
  /** Default 100. */
  readonly maxConnections?: number;
  /** Loads pg_stat_statements and creates its extension. Default false. */
  readonly statementStatistics?: boolean;
  /** Told in a sentence when the server died and was started again. */
  readonly onWarning?: (sentence: string) => void;
}

export interface EmbeddedPostgres {
  /** Contains the password: never log it. */
  readonly url: string;
  readonly port: number;
  /** Where the data lies; see `folder` of the options. */
  readonly dataFolder: string;
  /** Stops the server and keeps its data; takes at most 25 seconds. */
  stop(): Promise<void>;
}

const MOST_TRIES = 5;
const FIRST_PAUSE_MILLISECONDS = 200;
const LONGEST_PAUSE_MILLISECONDS = 10_000;

/**
 * Starts the real PostgreSQL server out of its npm package on 127.0.0.1, with a password of its own, and starts it
 * again on the same port when it dies. A server that a killed Gantry left behind is stopped first.
 * Throws GantryError: `home_in_use` when another process owns the folder, `port_in_use`, `disk_full`, or
 * `unavailable` with the reason that the server gave.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const runAs = serverUser();
  const places = preparedOrSaid(options.folder, runAs);
  if (inThisProcess.has(places.base)) {
    throw homeInUse(places.folder);
  }
  inThisProcess.add(places.base);
  const server = new EmbeddedServer(places, runAs, options);
  try {
    return await server.start();
  } catch (error) {
    await server.stop();
    throw startFailure(error, places);
  }
}

/** Folders that a server of this very process uses: files named by our process id cannot tell two starts apart. */
const inThisProcess = new Set<string>();

function preparedOrSaid(folder: string, runAs: RunAs | undefined): Places {
  try {
    return preparedPlaces(folder, runAs);
  } catch (error) {
    throw startFailure(error, { folder, base: folder, binaries: folder, data: folder, log: folder, password: '' });
  }
}

class EmbeddedServer {
  readonly #places: Places;
  readonly #runAs: RunAs | undefined;
  readonly #options: EmbeddedPostgresOptions;
  #binaries = '';
  #shape: ServerShape;
  #postmaster: Postmaster | undefined;
  #owner: pg.Client | undefined;
  #stopped: Promise<void> | undefined;
  /** Cuts the pause between two tries to start again. */
  readonly #stopping = new AbortController();

  constructor(places: Places, runAs: RunAs | undefined, options: EmbeddedPostgresOptions) {
    this.#places = places;
    this.#runAs = runAs;
    this.#options = options;
    this.#shape = {
      port: options.port ?? 0,
      durable: options.durable ?? true,
      maxConnections: options.maxConnections ?? 100,
      statementStatistics: options.statementStatistics ?? false,
    };
  }

  async start(): Promise<EmbeddedPostgres> {
    const places = this.#places;
    this.#binaries = preparedBinaries(this.#runAs, places.binaries);
    await initialize(this.#binaries, places, this.#runAs);
    await this.#startOnce();
    await this.#createDatabase();
    const port = this.#shape.port;
    return { url: embeddedUrl(places.password, port), port, dataFolder: places.data, stop: () => this.stop() };
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    this.#stopped ??= (async () => {
      await this.#owner?.end().catch(() => undefined);
      await this.#postmaster?.stop();
      inThisProcess.delete(this.#places.base);
    })();
    return this.#stopped;
  }

  /** A free port may be taken before the server binds it, and remains of a killed server need a moment to go. */
  async #startOnce(): Promise<void> {
    for (let run = 1; ; run += 1) {
      await settleLeftOver(this.#places);
      const port = this.#shape.port || (await freePort());
      // Nothing may be started behind the back of a stop, which ends the server it finds.
      this.#stopping.signal.throwIfAborted();
      const postmaster = new Postmaster(this.#binaries, this.#places, this.#runAs, { ...this.#shape, port });
      this.#postmaster = postmaster;
      try {
        await postmaster.ready();
        await this.#own(port);
        this.#shape = { ...this.#shape, port };
        void postmaster.gone.then(() => this.#revive());
        return;
      } catch (error) {
        const told = String(error);
        // A server that vanished under us was taken for a left-over by another start; that one now owns the folder.
        const { kind, sqlState } = databaseFailure(error);
        const mayPass =
          (kind !== 'other' && sqlState !== WRONG_PASSWORD) ||
          (/Address already in use/i.test(told) && this.#shape.port === 0) ||
          /pre-existing shared memory block|lock file "postmaster\.pid" already exists/.test(told);
        if (!mayPass || run === MOST_TRIES || this.#stopping.signal.aborted) {
          throw error;
        }
        await sleep(FIRST_PAUSE_MILLISECONDS * run);
      }
    }
  }

  /**
   * Another process that started at the same time may have taken our server for a left-over, before we owned it. Then
   * it stops the server, and the next run of `#startOnce` meets its owner.
   */
  async #own(port: number): Promise<void> {
    const owner = await takeOwnership(port, this.#places.password);
    if (owner === undefined) {
      throw homeInUse(this.#places.folder);
    }
    this.#owner = owner;
    owner.once('end', () => {
      if (this.#owner === owner && !this.#stopping.signal.aborted) {
        // Somebody ended this one session; when the server itself died, #revive takes ownership anew.
        void this.#own(port).catch(() => undefined);
      }
    });
  }

  async #revive(): Promise<void> {
    let pause = FIRST_PAUSE_MILLISECONDS;
    while (!this.#stopping.signal.aborted) {
      this.#options.onWarning?.('The embedded PostgreSQL died; it starts again on the same port.');
      try {
        await this.#startOnce();
        return;
      } catch (error) {
        this.#options.onWarning?.(startFailure(error, this.#places).message);
      }
      await sleep(pause, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
    }
  }

  async #createDatabase(): Promise<void> {
    const owner = this.#owner;
    const found = await owner?.query('select from pg_database where datname = $1', [SUPERUSER]);
    if (found?.rowCount === 0) {
      await owner?.query(`create database ${pg.escapeIdentifier(SUPERUSER)}`);
    }
    if (this.#shape.statementStatistics) {
      await this.#createStatistics();
    }
  }

  async #createStatistics(): Promise<void> {
    const { password } = this.#places;
    const client = new pg.Client({
      host: '127.0.0.1',
      port: this.#shape.port,
      user: SUPERUSER,
      password,
      database: SUPERUSER,
    });
    await client.connect();
    await client.query('create extension if not exists pg_stat_statements');
    await client.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
