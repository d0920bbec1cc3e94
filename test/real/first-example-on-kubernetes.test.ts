import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/fresh-database.ts';
import { GantryProcesses } from '../support/gantry-processes.ts';
import { findKubectl } from '../support/kubectl.ts';
import { faultsOfPods } from './faults-of-pods.ts';
import { faultsOfTheCluster } from './faults-of-the-cluster.ts';
import { type RealCluster, RealClusterPlace, realCluster } from './real-cluster-place.ts';
import { recipesOn } from './recipes-on-kubernetes.ts';
import { troublesOn } from './troubles-on-kubernetes.ts';

const cluster = realCluster(process.env);
const program = typeof cluster === 'string' ? null : findKubectl();
if (typeof cluster !== 'string' && program !== null) {
  describe('the examples on a real Kubernetes', () => examplesOn(cluster, program));
  // In this file and not beside it: all need the one port that pods reach.
  describe('the recipes of pods on a real Kubernetes', () => recipesOn(cluster, program));
  describe('what befalls schedulers and pods on a real Kubernetes', () => troublesOn(cluster, program));
  const control = process.env.GANTRY_TEST_CLUSTER_CONTROL;
  describe('what befalls pods on a real Kubernetes', () => faultsOfPods(cluster, program, control));
  if (control) {
    describe('parts of a real Kubernetes die', () => faultsOfTheCluster(cluster, program, control));
  } else {
    describe.skip('parts of a real Kubernetes die (GANTRY_TEST_CLUSTER_CONTROL not set)', () => undefined);
  }
} else {
  const why = typeof cluster === 'string' ? cluster : 'there is no kubectl';
  console.log(`Skipped: the examples are not run on a real Kubernetes, since ${why}.`);
  describe.skip(`the examples on a real Kubernetes (${why})`, () => undefined);
}

interface TaskInstance {
  readonly task_id: string;
  readonly state: string;
  readonly try_number: number;
  readonly place: { readonly name: string } | null;
}

interface Run {
  readonly state: string;
  readonly tasks: readonly TaskInstance[];
  /** Names that `kubectl get pods --watch` showed meanwhile. */
  readonly seen: ReadonlySet<string>;
}

function examplesOn(real: RealCluster, kubectlProgram: string): void {
  let place: RealClusterPlace;
  let fresh: FreshDatabase;
  let gantry: GantryProcesses;

  beforeAll(async () => {
    place = await RealClusterPlace.open(real, kubectlProgram);
    fresh = await freshDatabase();
    gantry = await GantryProcesses.prepare(fresh.url, {}, place.options);
    await gantry.signIn(fresh.database);
    for (const service of ['api-server', 'dag-processor', 'scheduler']) gantry.start(service);
  }, 120_000);
  afterAll(async () => {
    await gantry?.stop();
    await fresh?.drop();
    await place?.close();
  }, 120_000);

  /** Runs a DAG to its end while kubectl looks on. */
  async function runOf(dagId: string): Promise<Run> {
    const watch = place.watchPods(`dag_id=${dagId}`);
    const path = `/dags/${dagId}`;
    await expect.poll(() => gantry.rest(path), { timeout: 60_000 }).not.toBeNull();
    const { dag_run_id: runId } = (await gantry.rest<{ dag_run_id: string }>(`${path}/dagRuns`, {}))!;
    const run = `${path}/dagRuns/${runId}`;
    const state = async () => (await gantry.rest<{ state: string }>(run))?.state;
    await expect.poll(state, { timeout: 150_000, interval: 200 }).toMatch(/success|failed/);
    const { task_instances: tasks } = (await gantry.rest<{ task_instances: TaskInstance[] }>(`${run}/taskInstances`))!;
    return { state: (await state())!, tasks, seen: watch.stop() };
  }

  async function logOf(dagId: string, taskId: string): Promise<string> {
    const { dag_runs: runs } = (await gantry.rest<{ dag_runs: { dag_run_id: string }[] }>(`/dags/${dagId}/dagRuns`))!;
    const path = `/dags/${dagId}/dagRuns/${runs.at(-1)!.dag_run_id}/taskInstances/${taskId}/logs/1?full_content=true`;
    const log = (await gantry.rest<{ content: { event: string }[] }>(path))!;
    return log.content.map(({ event }) => event).join('\n');
  }

  function expectSuccess(run: Run): void {
    if (run.state !== 'success') console.error(gantry.output.slice(-20_000), run.tasks);
    expect(run.state).toBe('success');
    expect(run.tasks.map(({ task_id, state, try_number }) => [task_id, state, try_number])).toEqual(
      run.tasks.map(({ task_id }) => [task_id, 'success', 1]),
    );
    const places = run.tasks.map((task) => task.place?.name);
    expect(new Set(places).size).toBe(run.tasks.length);
    expect([...run.seen].sort()).toEqual([...places].sort());
  }

  test('the weather example runs each task in a container of its own, and its logs and files outlive the pods', async () => {
    const run = await runOf('seattle_weather');
    expectSuccess(run);
    expect(run.tasks.length).toBeGreaterThan(8);
    await expect.poll(() => place.podNames(), { timeout: 60_000 }).toEqual([]);
    expect(await logOf('seattle_weather', 'read_rows')).toContain('Read 1461 days, from 2012-01-01 to 2015-12-31.');
    for (const { task_id: taskId } of run.tasks) expect(await logOf('seattle_weather', taskId)).not.toBe('');
    expect(await place.readOutput('seattle-weather.svg')).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
    expect(await place.readOutput('seattle-weather.md')).toContain('2015');
  }, 240_000);

  test('a sidecar shares a volume with its task, and a pod of any image is a task', async (context) => {
    context.skip(!place.hasBusybox, 'this machine has no static busybox to make an image of');
    const podTask = await runOf('kubernetes_pod');
    expectSuccess(podTask);
    expect(await logOf('kubernetes_pod', 'count')).toContain('Hello from an image of your own, step 3');
    const sidecar = await runOf('sidecar_shared_volume');
    expectSuccess(sidecar);
    expect(await logOf('sidecar_shared_volume', 'check')).toContain('has reached the next task');
    await expect.poll(() => place.podNames(), { timeout: 60_000 }).toEqual([]);
  }, 240_000);
}
