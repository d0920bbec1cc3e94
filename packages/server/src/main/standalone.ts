import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { GantryError } from '@gantry/sdk/model';
import { ADMIN_USERNAME, ensureAdmin } from '../api/accounts/ensure-admin.ts';
import { standaloneToken } from '../api/accounts/standalone-token.ts';
import { startLocalCluster } from '../cluster/local-cluster.ts';
import { ProcessLedger } from '../cluster/node/process-ledger.ts';
import { rotateSecrets } from '../secrets/rotate-secrets.ts';
import { SecretBox } from '../secrets/secret-box.ts';
import { openDatabase } from '../store/connect.ts';
import type { Database } from '../store/database.ts';
import { startEmbeddedPostgres } from '../store/embedded/embedded-postgres.ts';
import { forgetWatches } from '../store/forget-watches.ts';
import { migrate } from '../store/migrator.ts';
import { awaitHealth, type HealthPart } from './await-health.ts';
import { workerFile } from './build-executors.ts';
import { Child } from './child-process.ts';
import { type Configuration, dagsFolder } from './configuration.ts';
import { removeConnection, writeConnection } from './connection-file.ts';
import { endWorkers } from './end-workers.ts';
import { lockHome } from './home-lock.ts';
import { podPlaces } from './kubernetes.ts';
import { localUrl } from './local-url.ts';
import { readLogLine, WARNING_LEVEL } from './log-line.ts';
import { PartLog } from './part-log.ts';
import { checkSecretKeys, secretKeysOf } from './secret-keys.ts';
import { LOCAL_IMAGE, needsLocalCluster, partEnvironment } from './standalone-environment.ts';
import { ensureStandaloneKey, withStandaloneKey } from './standalone-key.ts';
import { StopList } from './stop-list.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';
import { takePort } from './take-port.ts';

const PARTS = ['api-server', 'dag-processor', 'scheduler'] as const satisfies readonly HealthPart[];
/**
 * The scheduler first, so that nothing new is launched; the API server after whatever runs tasks, so that their last
 * reports are taken; the database last.
 */
const STOP_ORDER: readonly StandalonePart[] = [
  'scheduler',
  'dag-processor',
  'workers',
  'cluster',
  'api-server',
  'database',
];
const READY_LIMIT_MILLISECONDS = 120_000;
/** Above the 15 s after which a child is killed, and the 25 s of the database's own bound. */
const STOP_LIMIT_MILLISECONDS = 30_000;
const WORKER_GRACE_MILLISECONDS = 5_000;
/** A claim that exists from the start, so that an example can leave files where they are found. */
const OUTPUT_CLAIM = 'gantry-output';

export type StandalonePart = 'database' | 'cluster' | 'workers' | HealthPart;

/** What standalone tells while it starts, runs and stops. */
export interface StandaloneEvents {
  /** A part is ready: after how long, and where it is. */
  ready(part: StandalonePart, milliseconds: number, place: string): void;
  /** A warning or worse that a part logged; the whole log is under `logs` in GANTRY_HOME. */
  warned(part: StandalonePart, text: string): void;
  stopping(part: StandalonePart): void;
}

export interface Standalone {
  /** Of the API server. */
  readonly url: string;
  /** For the command line; also in GANTRY_HOME/connection.json. */
  readonly token: string;
  /** Set at the first start only, when the account was made. */
  readonly admin: { readonly username: string; readonly password: string } | null;
  /** Where files lie that tasks write to the claim `gantry-output`; null without a local cluster. */
  readonly outputFolder: string | null;
  /** Resolves with a sentence when a part keeps failing. */
  readonly failed: Promise<string>;
  /** Stops all in order; answers what did not stop cleanly. */
  stop(): Promise<string[]>;
}

/**
 * Starts everything on GANTRY_HOME: the embedded Postgres unless [database] url is set, the local cluster unless a
 * Kubernetes is configured, and API server, DAG processor and scheduler as processes. What fails is told before
 * anything runs where that can be known: home_in_use, port_in_use, configuration_invalid. After an error, or when
 * `signal` aborts, whatever was started is stopped before this rejects.
 */
export async function startStandalone(
  configuration: Configuration,
  events: StandaloneEvents,
  signal: AbortSignal,
): Promise<Standalone> {
  const start = new StandaloneStart(configuration, events);
  try {
    return await start.run(signal);
  } catch (error) {
    await start.stop();
    throw error;
  }
}

class StandaloneStart {
  readonly #configuration: Configuration;
  readonly #events: StandaloneEvents;
  readonly #stops = new StopList(STOP_ORDER);
  /** Null until the home is ours: what lies in another standalone's home is not touched. */
  #releaseHome: (() => void) | null = null;
  #databaseUrl = '';
  #keyFile: string | null = null;

  constructor(configuration: Configuration, events: StandaloneEvents) {
    this.#configuration = configuration;
    this.#events = events;
  }

  get #isEmbedded(): boolean {
    return this.#configuration.config.database.url === '';
  }

  get #namespace(): string {
    return this.#configuration.config.kubernetes_executor.namespace;
  }

  async run(signal: AbortSignal): Promise<Standalone> {
    const { home, config } = this.#configuration;
    this.#releaseHome = lockHome(home, process.pid);
    const ledger = new ProcessLedger(join(home, 'run'));
    ledger.endLeftovers();
    checkDagsFolder(this.#configuration);
    this.#keyFile = ensureStandaloneKey(this.#configuration);
    const port = await takePort(config.api.host, config.api.port);
    const database = await this.#database();
    signal.throwIfAborted();
    const { url: databaseUrl, password } = database;
    this.#databaseUrl = databaseUrl;
    const kubeconfigPath = await this.#cluster();
    signal.throwIfAborted();
    const environment = partEnvironment(this.#configuration, {
      databaseUrl: this.#isEmbedded ? databaseUrl : null,
      kubeconfigPath,
      port,
      keyFile: this.#keyFile,
    });
    const url = localUrl(config.api.host, port);
    const { failed } = await this.#children(environment, ledger, url, signal);
    writeConnection(home, { url, token: database.token });
    return {
      url,
      token: database.token,
      outputFolder: kubeconfigPath === null ? null : claimFolder(home, this.#namespace, OUTPUT_CLAIM),
      admin: password === null ? null : { username: ADMIN_USERNAME, password },
      failed,
      stop: () => this.stop(),
    };
  }

  async stop(): Promise<string[]> {
    if (this.#releaseHome === null) return [];
    removeConnection(this.#configuration.home);
    const troubles = await this.#stops.stopAll((part) => this.#events.stopping(part));
    this.#releaseHome();
    return troubles;
  }

  /** Opens the database, brings its schema up and makes the first account. */
  async #database(): Promise<{ url: string; password: string | null; token: string }> {
    const { home, config } = this.#configuration;
    const startedAt = systemClock.monotonic();
    let { url } = config.database;
    let place = '[database] url';
    if (url === '') {
      const postgres = await startEmbeddedPostgres({
        folder: join(home, 'postgres'),
        onWarning: (sentence) => this.#events.warned('database', sentence),
      });
      this.#stops.add('database', STOP_LIMIT_MILLISECONDS, () => postgres.stop());
      ({ url, dataFolder: place } = postgres);
    }
    const database = await openDatabase({ url, applicationName: 'gantry standalone', poolSize: 2 });
    try {
      await migrate(database);
      // What an earlier version stored without a seal is sealed now.
      if (this.#keyFile !== null) await this.#sealSecrets(database);
      // The objects of an earlier local cluster ended with its process.
      if (this.#isEmbedded) await forgetWatches(database);
      const password = await ensureAdmin(database, systemRandom);
      const token = await standaloneToken(database, systemRandom);
      this.#events.ready('database', systemClock.monotonic() - startedAt, place);
      return { url, password, token };
    } finally {
      await database.close();
    }
  }

  async #sealSecrets(database: Database): Promise<void> {
    const keys = secretKeysOf(withStandaloneKey(this.#configuration));
    await checkSecretKeys(database, keys);
    await rotateSecrets(database, new SecretBox(keys, systemRandom));
  }

  /** The local cluster's kubeconfig; null when another Kubernetes, or none, is used. */
  async #cluster(): Promise<string | null> {
    if (!needsLocalCluster(this.#configuration)) return null;
    const startedAt = systemClock.monotonic();
    const cluster = await startLocalCluster({
      folder: join(this.#configuration.home, 'cluster'),
      images: [
        {
          name: `${LOCAL_IMAGE.repository}:${LOCAL_IMAGE.tag}`,
          files: { '/gantry/worker.cjs': workerFile() },
          arguments: ['node', '/gantry/worker.cjs'],
          // As examples/worker-image/Containerfile says.
          user: 65532,
        },
      ],
      clock: systemClock,
      random: systemRandom,
      options: {
        namespaces: [this.#namespace, ...podPlaces(this.#configuration).filter((place) => place !== null)],
        claims: [{ namespace: this.#namespace, name: OUTPUT_CLAIM }],
      },
    });
    this.#stops.add('cluster', STOP_LIMIT_MILLISECONDS, () => cluster.stop());
    this.#events.ready('cluster', systemClock.monotonic() - startedAt, cluster.kubeconfigPath);
    return cluster.kubeconfigPath;
  }

  /** Starts the processes at once, and waits until each says it is healthy. */
  async #children(
    environment: NodeJS.ProcessEnv,
    ledger: ProcessLedger,
    url: string,
    signal: AbortSignal,
  ): Promise<{ readonly failed: Promise<string> }> {
    const startedAt = systemClock.monotonic();
    const children = PARTS.map((part) => this.#child(part, environment, ledger));
    this.#stops.add('workers', STOP_LIMIT_MILLISECONDS, () => this.#endWorkers());
    const failed = Promise.race(children.map((child) => child.failed));
    const places: Record<HealthPart, string> = {
      'api-server': url,
      'dag-processor': dagsFolder(this.#configuration),
      scheduler: environment.GANTRY__CORE__EXECUTOR!.replaceAll(',', ', '),
    };
    const over = new AbortController();
    const waiting = AbortSignal.any([signal, over.signal, AbortSignal.timeout(READY_LIMIT_MILLISECONDS)]);
    const healthy = awaitHealth(
      url,
      (part) => this.#events.ready(part, systemClock.monotonic() - startedAt, places[part]),
      waiting,
    );
    try {
      const sentence = await Promise.race([healthy.then(() => null), failed]);
      if (sentence !== null) throw new GantryError('unavailable', sentence);
    } finally {
      over.abort();
      await healthy.catch(() => undefined);
    }
    return { failed };
  }

  /** In a database of its own all that runs on this machine is standalone's; in another one it may be a neighbour's. */
  async #endWorkers(): Promise<void> {
    if (!this.#isEmbedded) return;
    const database = await openDatabase({ url: this.#databaseUrl, applicationName: 'gantry standalone', poolSize: 1 });
    try {
      await endWorkers(database, WORKER_GRACE_MILLISECONDS, systemClock);
    } finally {
      await database.close();
    }
  }

  #child(part: HealthPart, environment: NodeJS.ProcessEnv, ledger: ProcessLedger): Child {
    const log = new PartLog(join(this.#configuration.home, 'logs', `${part}.log`));
    const child = new Child({
      command: part,
      environment,
      clock: systemClock,
      line: (line) => {
        log.write(line);
        const { level, text } = readLogLine(line);
        if (level >= WARNING_LEVEL) this.#events.warned(part, text);
      },
      trouble: (sentence) => this.#events.warned(part, sentence),
      started: (pid) => ledger.add(pid),
      ended: (pid) => ledger.remove(pid),
    });
    child.start();
    this.#stops.add(part, STOP_LIMIT_MILLISECONDS, async () => {
      await child.stop();
      log.close();
    });
    return child;
  }
}

/** The default folder is made at the first start; any other must be there. */
function checkDagsFolder(configuration: Configuration): void {
  const folder = dagsFolder(configuration);
  const setting = configuration.settings.get('core.dags_folder');
  if (setting === undefined) mkdirSync(folder, { recursive: true });
  else if (!existsSync(folder)) {
    throw new GantryError(
      'configuration_invalid',
      `[core] dags_folder (${setting.origin}): there is no folder ${folder}.`,
    );
  }
}

function claimFolder(home: string, namespace: string, claim: string): string {
  return join(home, 'cluster', 'claims', namespace, claim);
}
