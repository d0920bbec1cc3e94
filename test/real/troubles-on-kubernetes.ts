import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/fresh-database.ts';
import { ended, GantryProcesses } from '../support/gantry-processes.ts';
import { type RealCluster, RealClusterPlace } from './real-cluster-place.ts';

const TASKS = 12;

const TROUBLES = `
import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { dag, task } from '@gantry/sdk';
const output = {
  volumes: [{ name: 'output', persistentVolumeClaim: { claimName: 'gantry-output' } }],
};
const base = { name: 'base', volumeMounts: [{ name: 'output', mountPath: '/output' }] };
const withOutput = { executorConfig: { podOverride: { spec: { containers: [base], ...output } } } };
const tell = (file: string, line: string) => appendFileSync('/output/' + file, line + '\\n');

export const fan = dag('fan', {}, () => {
  for (let index = 0; index < ${TASKS}; index += 1) {
    task('t' + index, withOutput, async (_: void, context) => {
      tell('fan', 'start ' + context.task.taskId);
      await wait(1500);
      tell('fan', 'end ' + context.task.taskId);
    })();
  }
});
export const deleted = dag('deleted', {}, () => {
  task('sleeper', withOutput, async (_: void, context) => {
    tell('deleted', 'start ' + context.task.tryNumber);
    if ((await import('node:fs')).readFileSync('/output/deleted', 'utf8').split('start').length === 2) await wait(60_000, undefined, { signal: context.signal });
  })();
});
const limited = { containers: [{ name: 'base', resources: { limits: { memory: '128Mi' } } }] };
export const hungry = dag('hungry', {}, () => {
  task('eater', { executorConfig: { podOverride: { spec: limited } } }, async () => {
    const eaten: Buffer[] = [];
    for (;;) eaten.push(Buffer.alloc(16 * 1024 * 1024, 1));
  })();
});
export const leaver = dag('leaver', {}, () => {
  task('leave', async () => process.exit(3))();
});
const nowhere = { containers: [{ name: 'base', image: 'localhost/there-is-no-such-image:1', imagePullPolicy: 'Never' as const }] };
export const imageless = dag('imageless', {}, () => {
  task('wanting', { executorConfig: { podOverride: { spec: nowhere } } }, async () => undefined)();
});
`;

interface TaskInstance {
  readonly state: string;
  readonly try_number: number;
  readonly reason: string | null;
  readonly waiting: string | null;
  readonly place: { readonly name: string } | null;
}

/** A real kubelet, real limits, real deletions. */
export function troublesOn(real: RealCluster, kubectlProgram: string): void {
  let place: RealClusterPlace;
  let fresh: FreshDatabase;
  let gantry: GantryProcesses;

  beforeAll(async () => {
    place = await RealClusterPlace.open(real, kubectlProgram);
  }, 120_000);
  afterAll(() => place?.close(), 120_000);
  beforeEach(async () => {
    fresh = await freshDatabase();
    const { GANTRY__CORE__DAGS_FOLDER: _, ...options } = place.options;
    gantry = await GantryProcesses.prepare(
      fresh.url,
      { 'troubles.ts': TROUBLES },
      { ...options, GANTRY__SCHEDULER__SCHEDULER_LEASE: '6' },
    );
    await gantry.signIn(fresh.database);
    gantry.start('api-server');
    gantry.start('dag-processor');
  }, 60_000);
  afterEach(async (context) => {
    if (context.task.result?.state === 'fail') console.error(gantry.output.slice(-20_000));
    await gantry.stop();
    await fresh.drop();
  }, 60_000);

  async function trigger(dagId: string): Promise<void> {
    await expect.poll(() => gantry.rest(`/dags/${dagId}`), { timeout: 60_000 }).not.toBeNull();
    await gantry.rest(`/dags/${dagId}/dagRuns`, { dag_run_id: 'one' });
  }

  async function runEnded(dagId: string): Promise<string> {
    const state = async () => (await gantry.rest<{ state: string }>(`/dags/${dagId}/dagRuns/one`))?.state;
    await expect.poll(state, { timeout: 120_000, interval: 200 }).toMatch(/success|failed/);
    return (await state())!;
  }

  async function taskOf(dagId: string): Promise<TaskInstance> {
    const path = `/dags/${dagId}/dagRuns/one/taskInstances`;
    return (await gantry.rest<{ task_instances: TaskInstance[] }>(path))!.task_instances[0]!;
  }

  async function lines(name: string): Promise<string[]> {
    return (await place.readOutput(name).catch(() => '')).split('\n').filter((line) => line !== '');
  }

  test('a scheduler is killed while pods run, and another started: every task ran once', async () => {
    const scheduler = gantry.start('scheduler');
    await trigger('fan');
    await expect.poll(async () => (await lines('fan')).length, { timeout: 60_000 }).toBeGreaterThan(3);
    await ended(scheduler, 'SIGKILL');
    gantry.start('scheduler');
    expect(await runEnded('fan')).toBe('success');
    const told = await lines('fan');
    expect(new Set(told).size).toBe(2 * TASKS);
    expect(told.length).toBe(2 * TASKS);
    await expect.poll(() => place.podNames(), { timeout: 60_000 }).toEqual([]);
  }, 200_000);

  test('a pod that somebody deletes is replaced without spending a retry', async () => {
    gantry.start('scheduler');
    await trigger('deleted');
    await expect.poll(() => lines('deleted'), { timeout: 60_000 }).toEqual(['start 1']);
    await place.kubectl('delete', '--namespace', place.namespace, '--wait=false', ...(await place.podNames()));
    expect(await runEnded('deleted')).toBe('success');
    expect(await lines('deleted')).toEqual(['start 1', 'start 1']);
    expect((await taskOf('deleted')).try_number).toBe(1);
  }, 200_000);

  test('what ends badly says how: out of memory, an exit code, an image that is not there', async () => {
    gantry.start('scheduler');
    for (const dagId of ['hungry', 'leaver', 'imageless']) await trigger(dagId);
    expect(await runEnded('hungry')).toBe('failed');
    expect((await taskOf('hungry')).reason).toMatch(/memory/i);
    expect(await runEnded('leaver')).toBe('failed');
    expect((await taskOf('leaver')).reason).toMatch(/\b3\b/);
    const imageless = async () => (await taskOf('imageless')).waiting ?? (await taskOf('imageless')).reason;
    await expect.poll(imageless, { timeout: 60_000 }).toMatch(/there-is-no-such-image:1/);
    // Kept for whoever looks into it, as delete_worker_pods_on_failure says.
    const { place: kept } = await taskOf('hungry');
    expect(await place.podNames()).toContain(`pod/${kept!.name}`);
  }, 200_000);
}
