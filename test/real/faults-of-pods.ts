import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { type AttemptRow, FaultsPlace } from './faults-place.ts';
import type { RealCluster } from './real-cluster-place.ts';

/** A task whose first start waits to be interrupted, with a user's retry that nothing may spend. */
const interrupted = (name: string, more = '{}') => `
export const ${name} = dag('${name}', {}, () => {
  const options = { retries: 1, retryDelay: '1s' as const, ...with_(${more}) };
  task('sleeper', options, async (_: void, context) => {
    tell('${name}', 'start ' + context.task.tryNumber);
    if (starts('${name}') === 1) await wait(100_000, undefined, { signal: context.signal });
  })();
});`;

const DAGS = `
const with_ = (more: object) => ({
  executorConfig: { podOverride: { spec: { containers: [{ ...base, ...more }], volumes, terminationGracePeriodSeconds: 3 } } },
});
${interrupted('forced')}
${interrupted('frozen')}
${interrupted('drained')}
${interrupted('preempted', `{ resources: { requests: { cpu: '900m' } } }`)}

const EAT = 'const eaten = []; for (;;) eaten.push(Buffer.alloc(16 * 1024 * 1024, 1));';
const limits = { resources: { limits: { memory: '192Mi' } } };
export const eater = dag('eater', {}, () => {
  const options = { retries: 1, retryDelay: '1s' as const, ...with_(limits) };
  task('eat', options, (_: void, context) => {
    tell('eater', 'start ' + context.task.tryNumber);
    const eaten: Buffer[] = [];
    for (;;) eaten.push(Buffer.alloc(16 * 1024 * 1024, 1));
  })();
});
export const child_tolerated = dag('child_tolerated', {}, () => {
  task('parent', with_(limits), () => {
    tell('child_tolerated', 'start');
    const child = spawnSync(process.execPath, ['-e', EAT]);
    return child.signal;
  })();
});
export const child_fatal = dag('child_fatal', {}, () => {
  task('parent', with_(limits), () => {
    tell('child_fatal', 'start');
    const child = spawnSync(process.execPath, ['-e', EAT]);
    throw new Error('The child ended by ' + child.signal);
  })();
});
const image = 'localhost/gantry-worker:test';
const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const sidecar = { name: 'eater', image, securityContext, imagePullPolicy: 'Never' as const, args: ['node', '-e', EAT], resources: { limits: { memory: '64Mi' } } };
export const sidecar_fed = dag('sidecar_fed', {}, () => {
  const spec = { containers: [base, sidecar], volumes };
  task('worker', { executorConfig: { podOverride: { spec } } }, async () => {
    tell('sidecar_fed', 'start');
    await wait(6_000);
    return 'done';
  })();
});
`;

const PRIORITY = 'gantry-test-urgent';

const NO_CONTROL = 'GANTRY_TEST_CLUSTER_CONTROL not set';

/** What real kubelets and a real scheduler do to pods. `control` is a command whose verb `sh` runs a program on the node. */
export function faultsOfPods(real: RealCluster, kubectlProgram: string, control: string | undefined): void {
  let place: FaultsPlace;

  beforeAll(async () => {
    place = await FaultsPlace.open(real, kubectlProgram, DAGS);
  }, 120_000);
  afterAll(async () => {
    await place?.cluster.kubectl('uncordon', '--selector=kubernetes.io/os=linux');
    await place?.cluster.kubectl('delete', 'priorityclass', PRIORITY, '--ignore-not-found');
    await place?.close();
  }, 120_000);

  async function started(dagId: string): Promise<void> {
    onTestFailed(async () => {
      console.error(place.gantry.output.slice(-20_000), await place.attempts(dagId), await place.lines(dagId));
    });
    await place.trigger(dagId);
    await place.hasLines(dagId, 1);
  }

  /** Interrupted by the cluster once: two attempts of one try, and no retry of the user's spent. */
  async function expectRelaunched(dagId: string): Promise<AttemptRow> {
    expect(await place.runEnded(dagId)).toBe('success');
    expect(await place.lines(dagId)).toEqual(['start 1', 'start 1']);
    const attempts = await place.attempts(dagId);
    expect(attempts.map((attempt) => [attempt.try_number, attempt.state === 'success', attempt.class])).toEqual([
      [1, false, 'disrupted'],
      [1, true, null],
    ]);
    expect(await place.failures(dagId)).toMatchObject([{ disrupted: { total: 1 } }]);
    return attempts[0]!;
  }

  /** Stops every process of a pod's containers, so that its worker can neither report nor renew its lease. */
  function freeze(pod: string): void {
    const script = `grep -ls "HOSTNAME=${pod}" /proc/[0-9]*/environ | cut -d/ -f3 | xargs kill -STOP`;
    execFileSync('sh', ['-c', `${control} sh sh -c "$1"`, 'sh', script], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  const endsOf = async (dagId: string) =>
    (await place.attempts(dagId)).map((attempt) => [attempt.state, attempt.class]);

  test('a child alone that runs out of memory fails its task only if the task says so, and a sidecar never does [P1 P16 F35]', async () => {
    const dagIds = ['child_tolerated', 'child_fatal', 'sidecar_fed'];
    for (const dagId of dagIds) await started(dagId);
    for (const dagId of ['child_tolerated', 'sidecar_fed']) {
      expect(await place.runEnded(dagId)).toBe('success');
      expect(await endsOf(dagId)).toEqual([['success', null]]);
    }
    expect(await place.runEnded('child_fatal')).toBe('failed');
    const [fatal] = await place.attempts('child_fatal');
    expect(fatal!.sentence).toContain('The child ended by SIGKILL');
    for (const dagId of dagIds) expect(await place.lines(dagId)).toEqual(['start']);
  }, 240_000);

  test('the task itself runs out of memory: the class and the limit are told, and each time costs a retry of the user [P4]', async () => {
    await started('eater');
    expect(await place.runEnded('eater')).toBe('failed');
    const attempts = await place.attempts('eater');
    expect(attempts.map((attempt) => [attempt.try_number, attempt.class])).toEqual([
      [1, 'out_of_memory'],
      [2, 'out_of_memory'],
    ]);
    for (const { sentence } of attempts) expect(sentence).toMatch(/memory.*192Mi/);
    expect(await place.lines('eater')).toEqual(['start 1', 'start 2']);
  }, 240_000);

  test('a running pod is deleted by force: its worker says that it was told to end, and no retry of the user is spent', async () => {
    await started('forced');
    await deleteByForce((await place.attempts('forced'))[0]!.pod!);
    await expectRelaunched('forced');
  }, 240_000);

  test('a pod whose worker is frozen is deleted by force: nothing proves that its task is dead, so the next launch waits for the end of the lease [P21 I03]', async (context) => {
    context.skip(!control, NO_CONTROL);
    await started('frozen');
    const { pod } = (await place.attempts('frozen'))[0]!;
    freeze(pod!);
    await deleteByForce(pod!);
    await expectRelaunched('frozen');
    expect((await place.attempts('frozen'))[1]!.after_lease).toBe(true);
  }, 240_000);

  async function deleteByForce(pod: string): Promise<void> {
    const { namespace } = place.cluster;
    const how = ['--grace-period=0', '--force', '--wait=false'];
    expect(await place.cluster.kubectl('delete', 'pod', pod, '--namespace', namespace, ...how)).toMatchObject({
      code: 0,
    });
  }

  test('a node is drained by the eviction API: the task is launched again for free once a node takes it [F38]', async () => {
    await started('drained');
    const node = (await place.cluster.kubectl('get', 'nodes', '--output=name')).stdout.trim().replace('node/', '');
    const drain = ['drain', node, '--pod-selector=dag_id=drained', '--force', '--delete-emptydir-data'];
    try {
      const drained = await place.cluster.kubectl(...drain, '--ignore-daemonsets', '--timeout=60s');
      expect(drained).toMatchObject({ code: 0 });
    } finally {
      await place.cluster.kubectl('uncordon', node);
    }
    await expectRelaunched('drained');
  }, 240_000);

  test('a pod of higher priority takes the room of one whose worker is frozen: what Kubernetes wrote is the reason, and the task is launched again for free [F38 P7]', async (context) => {
    context.skip(!control, NO_CONTROL);
    await started('preempted');
    freeze((await place.attempts('preempted'))[0]!.pod!);
    await runUrgentPod();
    expect((await expectRelaunched('preempted')).sentence).toContain('to make room for a pod of higher priority');
  }, 240_000);

  /** Runs a pod that fits into the node only in the place of the task's. */
  async function runUrgentPod(): Promise<void> {
    const of = `--namespace=${place.cluster.namespace}-own`;
    const urgent = ['create', 'priorityclass', PRIORITY, '--value=1000000', '--description=of a test'];
    expect(await place.cluster.kubectl(...urgent)).toMatchObject({ code: 0 });
    const base = {
      name: 'base',
      image: 'localhost/gantry-worker:test',
      imagePullPolicy: 'Never',
      args: ['node', '-e', ''],
      resources: { requests: { cpu: '1500m' } },
    };
    const overrides = JSON.stringify({ apiVersion: 'v1', spec: { priorityClassName: PRIORITY, containers: [base] } });
    const made = await place.cluster.kubectl(
      'run',
      'urgent',
      '--image=any',
      '--restart=Never',
      of,
      `--overrides=${overrides}`,
    );
    expect(made).toMatchObject({ code: 0 });
    const over = ['wait', 'pod/urgent', '--for=jsonpath={.status.phase}=Succeeded', '--timeout=90s', of];
    expect(await place.cluster.kubectl(...over)).toMatchObject({ code: 0 });
  }

  test('no slot is held afterwards', async () => {
    await place.cluster.kubectl('delete', 'pods', '--all', `--namespace=${place.cluster.namespace}`, '--wait=false');
    await place.nothingIsLeft();
  }, 120_000);
}
