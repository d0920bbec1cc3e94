import { expect } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/fresh-database.ts';
import { GantryProcesses } from '../support/gantry-processes.ts';
import { type RealCluster, RealClusterPlace } from './real-cluster-place.ts';

/** What DAG files of these tests begin with: `output` gives a task the ledger, `tell` writes a line of it. */
export const LEDGER = `
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { dag, task } from '@gantry/sdk';
const base = { name: 'base', volumeMounts: [{ name: 'output', mountPath: '/output' }] };
const volumes = [{ name: 'output', persistentVolumeClaim: { claimName: 'gantry-output' } }];
const output = { executorConfig: { podOverride: { spec: { containers: [base], volumes } } } };
const tell = (file: string, line: string) => appendFileSync('/output/' + file, line + '\\n');
const starts = (file: string) => readFileSync('/output/' + file, 'utf8').split('start').length - 1;
`;

export interface AttemptRow {
  readonly task_id: string;
  readonly try_number: number;
  readonly state: string;
  readonly class: string | null;
  readonly sentence: string | null;
  readonly pod: string | null;
  /** Whether it was made after the lease of the attempt before it had ended; null for a first one. */
  readonly after_lease: boolean | null;
}

/** A real cluster with all of Gantry's processes, whose scheduler loses its lease and its workers theirs soon. */
export class FaultsPlace {
  readonly cluster: RealClusterPlace;
  readonly fresh: FreshDatabase;
  readonly gantry: GantryProcesses;

  private constructor(cluster: RealClusterPlace, fresh: FreshDatabase, gantry: GantryProcesses) {
    this.cluster = cluster;
    this.fresh = fresh;
    this.gantry = gantry;
  }

  static async open(
    real: RealCluster,
    kubectlProgram: string,
    dags: string,
    options: Readonly<Record<string, string>> = {},
  ): Promise<FaultsPlace> {
    const cluster = await RealClusterPlace.open(real, kubectlProgram);
    const fresh = await freshDatabase();
    const { GANTRY__CORE__DAGS_FOLDER: _, ...places } = cluster.options;
    const gantry = await GantryProcesses.prepare(
      fresh.url,
      { 'faults.ts': LEDGER + dags },
      {
        ...places,
        GANTRY__SCHEDULER__SCHEDULER_LEASE: '6',
        GANTRY__WORKERS__TASK_LEASE: '20',
        GANTRY__FAILURES__BACKOFF_FIRST: '1',
        ...options,
      },
    );
    await gantry.signIn(fresh.database);
    for (const service of ['api-server', 'dag-processor', 'scheduler']) gantry.start(service);
    return new FaultsPlace(cluster, fresh, gantry);
  }

  async close(): Promise<void> {
    await this.gantry.stop();
    await this.fresh.drop();
    await this.cluster.close();
  }

  async trigger(dagId: string): Promise<void> {
    await expect.poll(() => this.gantry.rest(`/dags/${dagId}`), { timeout: 60_000 }).not.toBeNull();
    await this.gantry.rest(`/dags/${dagId}/dagRuns`, { dag_run_id: 'one' });
  }

  async runEnded(dagId: string, milliseconds = 120_000): Promise<string> {
    const state = async () => (await this.gantry.rest<{ state: string }>(`/dags/${dagId}/dagRuns/one`))?.state;
    await expect.poll(state, { timeout: milliseconds, interval: 200 }).toMatch(/success|failed/);
    return (await state())!;
  }

  /** Lines that tasks wrote; none as long as there is no such file or the API server is away. */
  async lines(name: string): Promise<string[]> {
    return (await this.cluster.readOutput(name).catch(() => '')).split('\n').filter((line) => line !== '');
  }

  async hasLines(name: string, count: number): Promise<void> {
    const told = async () => (await this.lines(name)).length;
    await expect.poll(told, { timeout: 60_000, interval: 300 }).toBeGreaterThanOrEqual(count);
  }

  /** Attempts of a DAG, oldest first. */
  attempts(dagId: string): Promise<AttemptRow[]> {
    return this.fresh.database.query<AttemptRow>(
      `select task_id, try_number, state, failure ->> 'class' as class, failure ->> 'sentence' as sentence, place ->> 'name' as pod,
        queued_at >= lag(lease_until) over (partition by task_id order by queued_at) as after_lease
      from attempt where dag_id = $1 order by queued_at`,
      [dagId],
    );
  }

  /** How often the tasks of a DAG failed, by class and task. */
  async failures(dagId: string): Promise<unknown[]> {
    const rows = await this.fresh.database.query<{ failures: unknown }>(
      `select t.failures from task_instance t join dag_run r using (run_key) where r.dag_id = $1`,
      [dagId],
    );
    return rows.map((row) => row.failures);
  }

  /** Each of `count` tasks began and ended once, in one attempt, and nothing counts as a failure. */
  async expectOnce(dagId: string, count: number): Promise<void> {
    await this.hasLines(dagId, 2 * count);
    const told = await this.lines(dagId);
    expect(new Set(told).size).toBe(2 * count);
    expect(told.length).toBe(2 * count);
    const attempts = await this.attempts(dagId);
    expect(attempts.map(({ try_number, state }) => [try_number, state])).toEqual(Array(count).fill([1, 'success']));
    expect(await this.failures(dagId)).toEqual(Array(count).fill({}));
  }

  /** No pod is left in the namespace, and no attempt holds a slot. */
  async nothingIsLeft(): Promise<void> {
    await expect.poll(() => this.cluster.podNames().catch(() => null), { timeout: 90_000, interval: 300 }).toEqual([]);
    const open = `select id from attempt where state in ('queued', 'running')`;
    expect(await this.fresh.database.query(open)).toEqual([]);
  }
}
