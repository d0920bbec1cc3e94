import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { FaultsPlace } from './faults-place.ts';
import type { RealCluster } from './real-cluster-place.ts';

const TASKS = 10;
const SECONDS = 10;

const names = ['api_server', 'expired', 'kubelet', 'containerd'];

const DAGS = names
  .map(
    (name) => `
export const ${name} = dag('${name}', {}, () => {
  for (let index = 0; index < ${TASKS}; index += 1) {
    task('t' + index, output, async (_: void, context) => {
      tell('${name}', 'start ' + context.task.taskId);
      await wait(${SECONDS * 1000});
      tell('${name}', 'end ' + context.task.taskId);
    })();
  }
});`,
  )
  .join('');

/**
 * Parts of a real cluster die under running tasks. `control` is a command that takes a verb, a part and perhaps a signal:
 * `crash apiserver` (it comes back by itself), `kill kubelet` (it stays down), `start kubelet`.
 */
export function faultsOfTheCluster(real: RealCluster, kubectlProgram: string, control: string): void {
  let place: FaultsPlace;

  beforeAll(async () => {
    place = await FaultsPlace.open(real, kubectlProgram, DAGS);
  }, 120_000);
  afterAll(() => place?.close(), 120_000);

  function command(...words: readonly string[]): void {
    execFileSync('sh', ['-c', `${control} "$@"`, 'sh', ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** All tasks of the DAG run. */
  async function underWay(dagId: string): Promise<void> {
    onTestFailed(async () => {
      console.error(place.gantry.output.slice(-20_000), await place.attempts(dagId), await place.lines(dagId));
    });
    await place.trigger(dagId);
    await place.hasLines(dagId, TASKS / 2);
  }

  const isReady = async () => (await place.cluster.kubectl('get', '--raw', '/readyz')).code === 0;

  /** Every part is back: the API server answers and the node takes pods. */
  async function clusterIsBack(): Promise<void> {
    await expect.poll(isReady, { timeout: 60_000, interval: 200 }).toBe(true);
    const ready = await place.cluster.kubectl('wait', '--for=condition=Ready', 'node', '--all', '--timeout=60s');
    expect(ready.code).toBe(0);
  }

  test('kube-apiserver and etcd are killed under running tasks and while others are launched: each task runs once and nothing counts as a failure [I35]', async () => {
    await underWay('api_server');
    command('crash', 'apiserver');
    await clusterIsBack();
    expect(await place.runEnded('api_server')).toBe('success');
    await place.expectOnce('api_server', TASKS);
    await place.nothingIsLeft();
  }, 240_000);

  test('a scheduler comes back to a watch whose saved version is Gone, after etcd was compacted and the API server restarted: it lists, and nothing changes twice [F01 W6]', async () => {
    await underWay('expired');
    await place.gantry.kill('scheduler');
    const saved = await place.fresh.database.query<{ resource_version: string }>('select resource_version from watch');
    expect(saved).toHaveLength(1);
    const version = saved[0]!.resource_version;
    expect(version).toMatch(/^\d+$/);
    await expect
      .poll(async () => (await place.lines('expired')).filter((line) => line.startsWith('end')).length, {
        timeout: 60_000,
      })
      .toBeGreaterThan(0);
    command('crash', 'apiserver', 'USR1');
    command('crash', 'apiserver');
    await clusterIsBack();
    const path = `/api/v1/namespaces/${place.cluster.namespace}/pods?watch=1&timeoutSeconds=1&resourceVersion=${version}`;
    expect((await place.cluster.kubectl('get', '--raw', path)).stdout).toContain('"code":410');
    place.gantry.start('scheduler');
    expect(await place.runEnded('expired')).toBe('success');
    await place.expectOnce('expired', TASKS);
    await place.nothingIsLeft();
  }, 240_000);

  test('the kubelet is down while tasks run and end: their reports count at once, their pods go when it is back, and nothing runs twice [P1]', async () => {
    await underWay('kubelet');
    await place.hasLines('kubelet', TASKS);
    command('kill', 'kubelet');
    try {
      const reported = async () => (await place.attempts('kubelet')).filter(({ state }) => state === 'success').length;
      await expect.poll(reported, { timeout: 60_000 }).toBeGreaterThanOrEqual(TASKS / 2);
    } finally {
      command('start', 'kubelet');
    }
    await clusterIsBack();
    expect(await place.runEnded('kubelet')).toBe('success');
    await place.expectOnce('kubelet', TASKS);
    await place.nothingIsLeft();
  }, 240_000);

  test('containerd is killed under running tasks: each task runs once and nothing counts as a failure', async () => {
    await underWay('containerd');
    await place.hasLines('containerd', TASKS);
    command('crash', 'containerd');
    expect(await place.runEnded('containerd')).toBe('success');
    await place.expectOnce('containerd', TASKS);
    await place.nothingIsLeft();
  }, 240_000);
}
