import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptFact, Order } from '@gantry/sdk/model';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KubeSession } from '../../../../../test/conformance/kube-session.ts';
import { eventually } from '../../../../../test/support/eventually.ts';
import { noJitter, realClock } from '../../../../../test/support/scripted-kube-api.ts';
import { type LocalCluster, startLocalCluster } from '../../cluster/local-cluster.ts';
import { KubeClient } from '../../kube/kube-client.ts';
import { loadKubeConnection } from '../../kube/kube-config.ts';
import { podName } from '../../kube/pod/pod-name.ts';
import type { WatchCursor } from '../executor.ts';
import { KubernetesExecutor } from './kubernetes-executor.ts';
import type { KubernetesExecutorOptions } from './kubernetes-options.ts';
import { TestingLedger } from './testing-ledger.ts';
import { imageOrder, testingOptions } from './testing-orders.ts';

const random = { uuid: () => randomUUID(), fraction: () => 0.5 };
const LONG = 60_000;
const EAT = 'const all = []; for (;;) all.push(Buffer.alloc(8 << 20, 1));';

type PodOverride = NonNullable<Order['layers']['taskOverride']>;

describe('how pods end on a cluster', () => {
  let folder = '';
  let cluster: LocalCluster;
  let client: KubeClient;
  let ledger: TestingLedger;
  let facts: AttemptFact[];
  let options: KubernetesExecutorOptions;
  let executor: KubernetesExecutor;
  let abort: AbortController;
  let observing: Promise<void>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gantry-endings-'));
    cluster = await startLocalCluster({ folder, images: [], clock: realClock, random });
    const connection = await loadKubeConnection({
      inCluster: false,
      configFile: cluster.kubeconfigPath,
      context: null,
      verifySsl: true,
      sslCaCert: null,
      environment: {},
      clock: realClock,
    });
    client = new KubeClient(connection, { clock: realClock, random: noJitter });
  });
  afterAll(async () => {
    client.close();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    ledger = new TestingLedger();
    facts = [];
    options = testingOptions({ waitingFactSeconds: 0 });
    observe();
  });
  afterEach(async () => {
    await end();
    cluster.script.startKubelet();
    const left = await client.listPods('default', { labelSelector: `gantry_deployment=${options.deploymentId}` });
    for (const { name } of left.pods) await client.deletePod('default', name, { gracePeriodSeconds: 0 });
  });

  function observe(changes: Partial<KubernetesExecutorOptions> = {}): void {
    options = { ...options, ...changes };
    executor = new KubernetesExecutor({ client, ledger, clock: realClock, random, options });
    abort = new AbortController();
    const record = async (some: readonly AttemptFact[], cursor?: WatchCursor) => {
      facts.push(...some);
      if (cursor !== undefined) ledger.lead = { ...cursor };
    };
    observing = executor.observe({ record }, abort.signal);
  }
  async function end(): Promise<void> {
    abort.abort();
    await observing;
  }

  function order(script: string, override: PodOverride = {}, image = 'busybox'): Order {
    const layers = { templateFile: null, dagOverride: null, taskOverride: override, retry: null };
    return imageOrder(['sh', '-c', script], { image }, { layers });
  }
  const nameOf = ({ dagId, taskId, attemptId }: Order) => podName(dagId, taskId, attemptId);
  const podOf = (one: Order) => client.getPod('default', nameOf(one));
  const endsOf = ({ attemptId }: Order) =>
    facts.filter((fact) => fact.attemptId === attemptId && fact.kind === 'ended' && fact);
  const endOf = (one: Order) => eventually('the end', () => endsOf(one)[0], LONG);
  const saidOf = ({ attemptId }: Order) =>
    facts.flatMap((fact) => (fact.attemptId === attemptId && fact.kind === 'waiting' ? [fact.sentence] : []));
  const waitFor = (one: Order, words: RegExp) =>
    eventually(`the words ${words}`, () => saidOf(one).some((sentence) => words.test(sentence)), LONG);
  const started = (one: Order) => eventually('its start', async () => (await podOf(one))?.phase === 'Running', LONG);
  async function failureOf(
    one: Order,
  ): Promise<{ class: string; sentence: string; detail: object; provenDead: boolean }> {
    const fact = await endOf(one);
    if (fact.kind !== 'ended' || fact.ending.failure === null) throw new Error(`No failure: ${JSON.stringify(fact)}`);
    return { ...fact.ending.failure, provenDead: fact.ending.provenDead };
  }
  const mainDetail = (parts: object) => ({
    containers: expect.arrayContaining([expect.objectContaining({ name: 'base', role: 'main', ...parts })]),
  });
  const base = (fields: object): PodOverride =>
    ({ spec: { containers: [{ name: 'base', ...fields }] } }) as PodOverride;

  it('an exit code is the failure, with the last words of the container [P3]', async () => {
    const one = order('echo bad input >&2; exit 3', base({ terminationMessagePolicy: 'FallbackToLogsOnError' }));
    await executor.launch([one]);
    const failure = await failureOf(one);
    expect(failure).toMatchObject({ class: 'user_error', provenDead: true });
    expect(failure.sentence).toMatch(/exited with code 3: bad input/);
    expect(failure.detail).toMatchObject(mainDetail({ exitCode: 3, message: expect.stringContaining('bad input') }));
  });

  it('a real limit of memory is told with the limit [P4 F36]', async () => {
    const one = order(`exec node -e '${EAT}'`, base({ resources: { limits: { memory: '128Mi' } } }));
    await executor.launch([one]);
    const failure = await failureOf(one);
    expect(failure).toMatchObject({ class: 'out_of_memory', provenDead: true });
    expect(failure.sentence).toContain('128Mi');
    expect(failure.detail).toMatchObject(
      mainDetail({ exitCode: 137, limits: expect.objectContaining({ memory: '128Mi' }) }),
    );
  });

  it('exit 0 in answer to SIGTERM is no success [P2 P18 F37]', async () => {
    const one = order('trap "exit 0" TERM; sleep 600 & wait');
    await executor.launch([one]);
    await started(one);
    await client.deletePod('default', nameOf(one), {});
    expect(await failureOf(one)).toMatchObject({ class: 'disrupted', provenDead: true });
  });

  it('the same is known when only the last word was heard, after a gap of the watch [P18 P4]', async () => {
    const one = order('trap "" TERM; while true; do sleep 1; done', { spec: { terminationGracePeriodSeconds: 1 } });
    await executor.launch([one]);
    await started(one);
    await end();
    await client.deletePod('default', nameOf(one), {});
    await eventually('the pod to be gone', async () => (await podOf(one)) === null, LONG);
    observe();
    expect(await failureOf(one)).toMatchObject({ class: 'disrupted', provenDead: true });
  });

  it('an init container that fails is named [P10]', async () => {
    const one = order('true', {
      spec: { initContainers: [{ name: 'prepare', image: 'busybox', command: ['sh', '-c', 'exit 4'] }] },
    });
    await executor.launch([one]);
    const failure = await failureOf(one);
    expect(failure).toMatchObject({ class: 'never_started', provenDead: true });
    expect(failure.sentence).toMatch(/init container "prepare" exited with code 4/);
  });

  it('a name that is no image fails at once, and one that is nowhere when its time is over [P11 P12 F41]', async () => {
    await end();
    observe({ patience: { fatalReasons: [], imageSeconds: 1, configurationSeconds: 120 } });
    const [wrong, nowhere] = [order('true', {}, 'Not A Name'), order('true', {}, 'nowhere.invalid/none:1')];
    await executor.launch([wrong, nowhere]);
    const failures = await Promise.all([failureOf(wrong), failureOf(nowhere)]);
    expect(failures[0]).toMatchObject({ class: 'image', sentence: expect.stringContaining('InvalidImageName') });
    expect(failures[1]).toMatchObject({
      class: 'image',
      sentence: expect.stringMatching(/ErrImagePull|ImagePullBackOff/),
    });
    expect(failures[1].detail).toHaveProperty('events');
  });

  it('a secret that is missing is waited for, and found when it comes [P13 F42]', async () => {
    const secret = `late-${randomUUID().slice(0, 8)}`;
    const one = order(
      'test "$WORD" = here',
      base({
        env: [{ name: 'WORD', valueFrom: { secretKeyRef: { name: secret, key: 'word' } } }],
      }),
    );
    await executor.launch([one]);
    await waitFor(one, /CreateContainerConfigError/);
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: secret }, stringData: { word: 'here' } };
    const session = await KubeSession.open(cluster.kubeconfigPath);
    const made = await session.send('POST', '/api/v1/namespaces/default/secrets', { body });
    session.close();
    expect(made.code).toBe(201);
    expect(await endOf(one)).toMatchObject({ ending: { failure: null } });
  });

  it('a pod that no node can take, and one behind a gate, wait with the reason [P14 P15 F43]', async () => {
    const wide = order('true', base({ resources: { requests: { cpu: '4000' } } }));
    const gated = order('true', { spec: { schedulingGates: [{ name: 'example.com/quota' }] } });
    await executor.launch([wide, gated]);
    await Promise.all([waitFor(wide, /No node can take the pod yet/), waitFor(gated, /scheduling gate/)]);
    expect([...endsOf(wide), ...endsOf(gated)]).toEqual([]);
    await client.deletePod('default', nameOf(wide), {});
    expect(await failureOf(wide)).toMatchObject({ class: 'never_started', provenDead: true });
  });

  it('a pod that is deleted while it waits for a node is closed at once [F50 P21]', async () => {
    const one = order('true', { spec: { schedulingGates: [{ name: 'example.com/quota' }] } });
    await executor.launch([one]);
    await waitFor(one, /scheduling gate/);
    await client.deletePod('default', nameOf(one), {});
    expect(await failureOf(one)).toMatchObject({ class: 'never_started', provenDead: true });
  });

  it('what the cluster takes is disrupted, with its reason: evicted, preempted [P5 P7 F38]', async () => {
    const [evicted, preempted] = [order('sleep 600'), order('sleep 600')];
    await executor.launch([evicted, preempted]);
    await Promise.all([started(evicted), started(preempted)]);
    cluster.script.evictByPressure('default', nameOf(evicted));
    cluster.script.preempt('default', nameOf(preempted));
    const failures = await Promise.all([failureOf(evicted), failureOf(preempted)]);
    expect(failures[0]).toMatchObject({
      class: 'disrupted',
      detail: { disruption: { reason: 'TerminationByKubelet' } },
    });
    expect(failures[1].sentence).toMatch(/to make room for a pod of higher priority/);
  });

  it('a pod that used more than its own limit of storage is told so [P6 F39]', async () => {
    const one = order('sleep 600');
    await executor.launch([one]);
    await started(one);
    cluster.script.evictForItsStorage('default', nameOf(one));
    expect(await failureOf(one)).toMatchObject({ class: 'storage_limit' });
  });

  it('a pod that the control plane alone gave up may live [P22 F48]', async () => {
    const one = order('sleep 600');
    await executor.launch([one]);
    await started(one);
    cluster.script.stopKubelet();
    cluster.script.collectGarbage('default', nameOf(one));
    const failure = await failureOf(one);
    expect(failure).toMatchObject({ class: 'disrupted', provenDead: false });
    expect(failure.sentence).toContain('because its node is gone');
  });

  it('a phase that nobody knows says nothing, and the true end is told when it comes [P24 F21]', async () => {
    const one = order('sleep 600');
    await executor.launch([one]);
    await started(one);
    cluster.script.writePhase('default', nameOf(one), 'Hibernating');
    const next = order('exit 5');
    await executor.launch([next]);
    expect(await failureOf(next)).toMatchObject({ class: 'user_error' });
    expect(endsOf(one)).toEqual([]);
    await client.deletePod('default', nameOf(one), { gracePeriodSeconds: 1 });
    expect(await failureOf(one)).toMatchObject({ class: 'disrupted', provenDead: true });
  });

  it('a pod that its node refuses has never started, for certain [P9 F40]', async () => {
    const one = order('true', { spec: { schedulingGates: [{ name: 'example.com/quota' }] } });
    await executor.launch([one]);
    await waitFor(one, /scheduling gate/);
    const words = 'Pod was rejected: Node did not have enough resource: cpu';
    cluster.script.refusePod('default', nameOf(one), 'OutOfcpu', words);
    const failure = await failureOf(one);
    expect(failure).toMatchObject({ class: 'never_started', provenDead: true });
    expect(failure.sentence).toMatch(/The node refused the pod before its task had started: OutOfcpu/);
  });

  it('a second container that stays does not hold the end up [P16 F44]', async () => {
    const one = order('exit 0', {
      spec: { containers: [{ name: 'proxy', image: 'busybox', command: ['sleep', '600'] }] },
    });
    await executor.launch([one]);
    expect(await endOf(one)).toMatchObject({ ending: { failure: null } });
    expect(await podOf(one)).toMatchObject({ phase: 'Running' });
  });

  it('a pod that runs longer than its activeDeadlineSeconds has timed out [P23]', async () => {
    const one = order('sleep 600', { spec: { activeDeadlineSeconds: 1 } });
    await executor.launch([one]);
    expect(await failureOf(one)).toMatchObject({ class: 'timeout' });
  });

  it('a pod of a lost node is not called dead, and ends when the node tells of it [P8 P19]', async () => {
    const one = order('sleep 600', { spec: { terminationGracePeriodSeconds: 1 } });
    await executor.launch([one]);
    await started(one);
    cluster.script.loseNode();
    await eventually('the mark', async () => (await podOf(one))?.deletionTimestamp !== null, LONG);
    expect(endsOf(one)).toEqual([]);
    cluster.script.startKubelet();
    expect(await failureOf(one)).toMatchObject({ class: 'disrupted', provenDead: true });
  });

  it('a pod that is deleted by force proves nothing about its process [P21 F48]', async () => {
    const one = order('sleep 600');
    await executor.launch([one]);
    await started(one);
    cluster.script.stopKubelet();
    await client.deletePod('default', nameOf(one), { gracePeriodSeconds: 0 });
    expect(await failureOf(one)).toMatchObject({ class: 'disrupted', provenDead: false });
  });
});
