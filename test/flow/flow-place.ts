import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type LocalCluster, REQUEST_LOG, startLocalCluster } from '../../packages/server/src/cluster/local-cluster.ts';
import type { Image } from '../../packages/server/src/cluster/node/images.ts';
import { systemClock } from '../../packages/server/src/main/system-clock.ts';
import { systemRandom } from '../../packages/server/src/main/system-random.ts';
import { openDatabase } from '../../packages/server/src/store/connect.ts';
import type { Database } from '../../packages/server/src/store/database.ts';
import { clusterText } from '../support/cluster-text.ts';
import { freshDatabase } from '../support/fresh-database.ts';
import { GantryProcesses, ledgerLines } from '../support/gantry-processes.ts';
import { WORKER_FILE } from '../support/worker-image.ts';

/** Executors that every flow is shown with. */
export const EXECUTORS = ['LocalExecutor', 'KubernetesExecutor'] as const;

/** DAG files by name; `ledger` is where their tasks write what they did. */
export type DagsFor = (ledger: string) => Readonly<Record<string, string>>;

interface FlowStart {
  /** As `[core] executor`. */
  readonly executor: string;
  readonly dags: DagsFor;
  readonly options?: Readonly<Record<string, string>>;
  /** Images of the local cluster besides the worker's. */
  readonly images?: readonly Image[];
  /** Of a server of the test's own; else a fresh database on that of the test run. */
  readonly databaseUrl?: string;
}

const LEASE_SECONDS = 6;

/** Gantry's real processes on a database of their own, with a local cluster where pods are wanted, and a ledger. */
export class FlowPlace {
  readonly gantry: GantryProcesses;
  readonly database: Database;
  readonly #cluster: LocalCluster | null;
  readonly #folder: string;
  readonly #dropDatabase: () => Promise<void>;

  private constructor(
    gantry: GantryProcesses,
    database: Database,
    cluster: LocalCluster | null,
    folder: string,
    dropDatabase: () => Promise<void>,
  ) {
    this.gantry = gantry;
    this.database = database;
    this.#cluster = cluster;
    this.#folder = folder;
    this.#dropDatabase = dropDatabase;
  }

  /** Starts the API server and the DAG processor; schedulers are the tests' to start. */
  static async open(start: FlowStart): Promise<FlowPlace> {
    const { executor, dags, options = {}, databaseUrl } = start;
    const folder = mkdtempSync(join(realpathSync(tmpdir()), 'gantry-flow-'));
    // Tasks run under another account where the cluster can give them one.
    chmodSync(folder, 0o711);
    writeFileSync(ledgerIn(folder), '');
    chmodSync(ledgerIn(folder), 0o666);
    const fresh = databaseUrl === undefined ? await freshDatabase() : null;
    const url = fresh?.url ?? databaseUrl!;
    const database = fresh?.database ?? (await openDatabase({ url, applicationName: 'gantry test', poolSize: 2 }));
    const cluster = executor.includes('KubernetesExecutor') ? await clusterIn(join(folder, 'cluster'), start) : null;
    const gantry = await GantryProcesses.prepare(url, dags(ledgerIn(folder)), {
      GANTRY__CORE__EXECUTOR: executor,
      GANTRY__CORE__PARALLELISM: '8',
      GANTRY__SCHEDULER__SCHEDULER_LEASE: String(LEASE_SECONDS),
      ...(cluster === null ? {} : kubernetesOptions(cluster)),
      ...options,
    });
    const drop = fresh === null ? () => database.close() : () => fresh.drop();
    const place = new FlowPlace(gantry, database, cluster, folder, drop);
    await gantry.signIn(database);
    gantry.start('api-server');
    gantry.start('dag-processor');
    return place;
  }

  /** Triggers a run as soon as the DAG is known; answers its id. */
  async trigger(dagId: string): Promise<string> {
    const trigger = () => this.gantry.rest<{ dag_run_id: string }>(`/dags/${dagId}/dagRuns`, { dag_run_id: 'one' });
    await expect.poll(() => this.gantry.rest(`/dags/${dagId}`), { timeout: 60_000 }).not.toBeNull();
    return (await trigger())!.dag_run_id;
  }

  /** kubeconfig of the local cluster. */
  get kubeconfig(): string {
    return this.#cluster!.kubeconfigPath;
  }

  /** Faults of the local cluster. */
  get script(): LocalCluster['script'] {
    return this.#cluster!.script;
  }

  /** What the local cluster answers to a request of the test's own. */
  clusterText(path: string, method?: string, body?: string): Promise<string> {
    return clusterText(this.kubeconfig, path, method, body);
  }

  /** Where the local cluster records requests about pods. */
  get requestLogPath(): string {
    return join(this.#folder, 'cluster', REQUEST_LOG);
  }

  /** Where tasks write. */
  get ledgerPath(): string {
    return ledgerIn(this.#folder);
  }

  /** Where the files of a claim lie. */
  claimFolder(name: string): string {
    return join(this.#folder, 'cluster/claims/default', name);
  }

  /** State of the only run. */
  async runState(): Promise<string | undefined> {
    const rows = await this.database.query<{ state: string }>('select state from dag_run').catch(() => []);
    return rows[0]?.state;
  }

  /** Waits for the end of the only run. */
  async succeeded(): Promise<void> {
    const state = () => this.runState();
    await expect.poll(state, { timeout: 120_000, interval: 200 }).toMatch(/success|failed/);
    expect(await state()).toBe('success');
  }

  /** Process id of the scheduler that leads the only run. */
  async leader(): Promise<number | undefined> {
    const [row] = await this.database.query<{ pid: number }>(
      'select s.pid from dag_run r join service s on s.id = r.leader',
    );
    return row?.pid;
  }

  /** Tasks by name, in the order in which they have started, or ended. */
  ledger(event: 'start' | 'end'): string[] {
    const lines = ledgerLines(ledgerIn(this.#folder)).map((line) => line.split(' '));
    return lines.filter(([kind]) => kind === event).map(([, task]) => task!);
  }

  /** Waits until so many tasks have ended. */
  async untilEnded(count: number): Promise<void> {
    await expect.poll(() => this.ledger('end').length, { timeout: 60_000 }).toBeGreaterThanOrEqual(count);
  }

  /** By the ledger each of so many tasks ran once, and by the database it needed one try and one attempt. */
  async expectEachRanOnce(tasks: number): Promise<void> {
    const starts = this.ledger('start');
    expect(new Set(starts).size).toBe(tasks);
    expect(starts.length).toBe(tasks);
    expect(this.ledger('end').sort()).toEqual([...starts].sort());
    const [row] = await this.database.query<{ tries: number; attempts: number; failed: number }>(
      `select (select max(try_number) from task_instance) as tries, count(*) as attempts,
              count(*) filter (where state <> 'success') as failed from attempt`,
    );
    expect(row).toEqual({ tries: 1, attempts: tasks, failed: 0 });
  }

  /** Stops everything; `failed` prints what the processes wrote. */
  async close(failed: boolean): Promise<void> {
    if (failed) console.error(this.gantry.output.slice(-20_000));
    await this.gantry.stop();
    await this.#cluster?.stop();
    await this.#dropDatabase();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A DAG of tasks side by side; each tells the ledger when it starts and when it ends. */
export function fanOut(ledger: string, tasks: number, milliseconds: number): string {
  return `
import { appendFileSync } from 'node:fs';
import { dag, task } from '@gantry/sdk';
const tell = (line: string) => appendFileSync(${JSON.stringify(ledger)}, line + '\\n');
export const fan = dag('fan', { maxActiveTasks: 1000 }, () => {
  for (let index = 0; index < ${tasks}; index += 1) {
    task('t' + index, async (_: void, context) => {
      tell('start ' + context.task.taskId);
      context.log.info('first');
      await new Promise((resolve) => setTimeout(resolve, ${milliseconds}));
      context.log.info('last');
      tell('end ' + context.task.taskId);
    })();
  }
});
`;
}

function ledgerIn(folder: string): string {
  return join(folder, 'ledger');
}

function clusterIn(folder: string, { images = [] }: FlowStart): Promise<LocalCluster> {
  return startLocalCluster({
    folder,
    images: [{ name: 'gantry/worker:*', files: { '/gantry/worker.cjs': WORKER_FILE }, user: 65532 }, ...images],
    clock: systemClock,
    random: systemRandom,
  });
}

function kubernetesOptions(cluster: LocalCluster): Record<string, string> {
  return {
    GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: cluster.kubeconfigPath,
    GANTRY__KUBERNETES_EXECUTOR__WORKER_CONTAINER_REPOSITORY: 'gantry/worker',
    GANTRY__KUBERNETES_EXECUTOR__WORKER_CONTAINER_TAG: 'test',
  };
}
