import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptFact, Order } from '@gantry/sdk/model';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../../test/support/eventually.ts';
import { noJitter, realClock } from '../../../../../test/support/scripted-kube-api.ts';
import { type LocalCluster, startLocalCluster } from '../../cluster/local-cluster.ts';
import { KubeClient } from '../../kube/kube-client.ts';
import { loadKubeConnection } from '../../kube/kube-config.ts';
import { deploymentSelector } from '../../kube/pod/pod-labels.ts';
import { podName } from '../../kube/pod/pod-name.ts';
import { executorSuite } from '../executor.suite.ts';
import type { WatchCursor } from '../executor.ts';
import { KubernetesExecutor } from './kubernetes-executor.ts';
import type { KubernetesExecutorOptions } from './kubernetes-options.ts';
import { TestingLedger } from './testing-ledger.ts';
import { imageOrder, testingOptions, workerOrder } from './testing-orders.ts';

const random = { uuid: () => randomUUID(), fraction: () => 0.5 };

async function connect(kubeconfig: string): Promise<KubeClient> {
  const connection = await loadKubeConnection({
    inCluster: false,
    configFile: kubeconfig,
    context: null,
    verifySsl: true,
    sslCaCert: null,
    environment: {},
    clock: realClock,
  });
  return new KubeClient(connection, { clock: realClock, random: noJitter });
}

describe('on the local cluster', () => {
  let folder = '';
  let cluster: LocalCluster;
  let client: KubeClient;
  const worker = { name: 'gantry-worker:*', files: {} as Record<string, string> };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gantry-cluster-'));
    cluster = await startLocalCluster({ folder, images: [worker], clock: realClock, random });
    client = await connect(cluster.kubeconfigPath);
  });
  afterAll(async () => {
    client.close();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  executorSuite({
    name: 'KubernetesExecutor',
    make: ({ workerFile, apiUrl, parallelism }) => {
      worker.files['/gantry/worker.cjs'] = workerFile;
      const options = testingOptions({ executionApiUrl: apiUrl, parallelism });
      return new KubernetesExecutor({ client, ledger: new TestingLedger(), clock: realClock, random, options });
    },
    secretOf: (_parts, attemptId) => tokenOfAttempt(folder, attemptId) ?? 'no token was mounted',
    spoil: (order) => ({ ...order, layers: { ...order.layers, taskOverride: { metadata: { name: 'mine' } } } }),
  });

  executorBehaviour(() => ({ client, image: 'busybox', cluster }), true);
});

const KUBECONFIG = process.env.GANTRY_TEST_KUBECONFIG;
if (KUBECONFIG === undefined) {
  console.log(
    'Skipped: the Kubernetes executor is not tried on a real API server, since GANTRY_TEST_KUBECONFIG is not set.',
  );
}
describe.skipIf(KUBECONFIG === undefined)('on the cluster of GANTRY_TEST_KUBECONFIG', () => {
  let client: KubeClient;
  beforeAll(async () => {
    client = await connect(KUBECONFIG ?? '');
  });
  afterAll(() => client.close());

  executorBehaviour(() => ({ client, image: process.env.GANTRY_TEST_IMAGE ?? 'busybox', cluster: null }), false);
});

interface Place {
  readonly client: KubeClient;
  readonly image: string;
  /** For faults; null where none can be ordered. */
  readonly cluster: LocalCluster | null;
}

/**
 * What the executor does with pods that need no worker; the same everywhere. `faults`: lost events and images that are
 * not there can be ordered, which only the local cluster lets us.
 */
function executorBehaviour(place: () => Place, faults: boolean): void {
  let ledger: TestingLedger;
  let facts: AttemptFact[];
  let cursors: WatchCursor[];
  let options: KubernetesExecutorOptions;
  let executor: KubernetesExecutor;
  let abort: AbortController;
  let observing: Promise<void>;

  beforeEach(() => {
    ledger = new TestingLedger();
    facts = [];
    cursors = [];
    options = testingOptions();
    start();
  });
  afterEach(async () => {
    await end();
    const { client } = place();
    const left = await client.listPods(options.namespace, { labelSelector: deploymentSelector(options.deploymentId) });
    for (const { name } of left.pods) await client.deletePod(options.namespace, name, { gracePeriodSeconds: 0 });
  });

  function start(changes: Partial<KubernetesExecutorOptions> = {}): void {
    options = { ...options, ...changes };
    const { client } = place();
    executor = new KubernetesExecutor({ client, ledger, clock: realClock, random, options });
    abort = new AbortController();
    const record = async (some: readonly AttemptFact[], cursor?: WatchCursor) => {
      facts.push(...some);
      if (cursor !== undefined) {
        cursors.push(cursor);
        ledger.lead = { ...cursor };
      }
    };
    observing = executor.observe({ record }, abort.signal);
  }
  async function end(): Promise<void> {
    abort.abort();
    await observing;
  }
  const shell = (script: string, changes: Partial<Order> = {}) =>
    imageOrder(['sh', '-c', script], { image: place().image }, changes);
  const kindsOf = ({ attemptId }: Order) =>
    facts.filter((fact) => fact.attemptId === attemptId).map(({ kind }) => kind);
  const endOf = ({ attemptId }: Order) =>
    eventually('the end', () => facts.find((fact) => fact.attemptId === attemptId && fact.kind === 'ended'), 60_000);
  const podOf = ({ dagId, taskId, attemptId }: Order) =>
    place().client.getPod(options.namespace, podName(dagId, taskId, attemptId));
  const stop = ({ attemptId }: Order, why: 'kill' | 'succeeded' | 'failed') => {
    if (why !== 'kill') ledger.closed.set(attemptId, why);
    return executor.stop([{ attemptId, podName: null, namespace: null, why }]);
  };
  const goneOf = (order: Order) => eventually('the pod to be gone', async () => (await podOf(order)) === null, 60_000);

  it('tells start and end of an image once each, with its place', async () => {
    const order = shell('sleep 1; echo done');
    await executor.launch([order]);
    expect(await endOf(order)).toMatchObject({
      ending: { failure: null, provenDead: true },
      place: {
        kind: 'pod',
        name: podName(order.dagId, order.taskId, order.attemptId),
        namespace: 'default',
        uid: expect.any(String),
      },
    });
    expect(kindsOf(order).filter((kind) => kind !== 'waiting')).toEqual(['started', 'ended']);
  });

  it('says of a failed container how it ended [P3]', async () => {
    const order = shell('exit 3');
    await executor.launch([order]);
    expect(await endOf(order)).toMatchObject({
      ending: { failure: { class: 'user_error', sentence: expect.stringContaining('code 3') } },
    });
  });

  it('keeps the log of an image before its pod is deleted', async () => {
    const order = shell('echo one; echo two');
    await executor.launch([order]);
    await endOf(order);
    await stop(order, 'succeeded');
    expect(ledger.lines(order.attemptId)).toEqual(['one', 'two']);
    await goneOf(order);
  });

  it('keeps failed pods and deletes succeeded ones by default', async () => {
    const [good, bad] = [shell('true'), shell('exit 1')];
    await executor.launch([good, bad]);
    await Promise.all([endOf(good), endOf(bad)]);
    await Promise.all([stop(good, 'succeeded'), stop(bad, 'failed')]);
    await goneOf(good);
    expect(await podOf(bad)).toMatchObject({ phase: 'Failed' });
  });

  it('deletes failed pods and keeps succeeded ones when the options say so', async () => {
    const [good, bad, other] = [shell('true'), shell('exit 1'), shell('true')];
    await end();
    start({ deleteWorkerPodsOnFailure: true });
    await executor.launch([bad]);
    await endOf(bad);
    await stop(bad, 'failed');
    await goneOf(bad);
    await end();
    start({ deleteWorkerPods: false });
    await executor.launch([good, other]);
    await Promise.all([endOf(good), endOf(other)]);
    await stop(good, 'succeeded');
    await stop(other, 'kill');
    await goneOf(other);
    expect(await podOf(good)).toMatchObject({ phase: 'Succeeded' });
  });

  it('ends a killed attempt and tells that it was killed [P18]', async () => {
    const order = shell('trap "exit 0" TERM; sleep 600 & wait');
    await executor.launch([order]);
    await eventually('its start', () => kindsOf(order).includes('started'));
    await stop(order, 'kill');
    expect(await endOf(order)).toMatchObject({ ending: { failure: { class: 'killed' } } });
    await goneOf(order);
  });

  it('finds the pod of an attempt that another process launched, and stops it', async () => {
    const order = shell('sleep 600');
    await executor.launch([order]);
    await eventually('its start', () => kindsOf(order).includes('started'));
    await end();
    executor = new KubernetesExecutor({ client: place().client, ledger, clock: realClock, random, options });
    await stop(order, 'kill');
    await eventually(
      'its end',
      async () => ((await podOf(order))?.deletionTimestamp ?? null) !== null || (await podOf(order)) === null,
    );
    start();
  });

  it('goes on from the stored cursor and tells what happened while nobody watched, and nothing twice [W16 W19 F14 R5]', async () => {
    const [before, during] = [shell('true'), shell('sleep 2')];
    await executor.launch([before, during]);
    await endOf(before);
    await eventually('the start of the other', () => kindsOf(during).includes('started'));
    ledger.closed.set(before.attemptId, 'succeeded');
    await end();
    const lists: string[] = [];
    await eventually('the end of the other', async () => (await podOf(during))?.phase === 'Succeeded', 60_000);
    const told = facts.length;
    executor = new KubernetesExecutor({
      client: place().client,
      ledger,
      clock: realClock,
      random,
      options,
      events: { watch: (event) => void (event.kind === 'listed' && lists.push(event.why)) },
    });
    abort = new AbortController();
    observing = executor.observe({ record: async (some) => void facts.push(...some) }, abort.signal);
    await endOf(during);
    expect(facts.slice(told).map(({ attemptId }) => attemptId)).toEqual([during.attemptId]);
    expect(lists).toEqual([]);
  });

  it('launches many at once, each pod once, although the orders come twice [R4]', async () => {
    const orders = Array.from({ length: 12 }, () => shell('true'));
    await Promise.all([executor.launch(orders), executor.launch(orders)]);
    await Promise.all(orders.map(endOf));
    for (const order of orders) expect(kindsOf(order).filter((kind) => kind === 'ended')).toEqual(['ended']);
    const pods = await place().client.listPods(options.namespace, {
      labelSelector: deploymentSelector(options.deploymentId),
    });
    expect(pods.pods).toHaveLength(orders.length);
  });

  it('sets a pod with our labels but without an attempt aside, and goes on [I26 R15]', async () => {
    const sentences: string[] = [];
    await end();
    executor = new KubernetesExecutor({
      client: place().client,
      ledger,
      clock: realClock,
      random,
      options,
      events: { setAside: ({ sentence }) => sentences.push(sentence) },
    });
    abort = new AbortController();
    observing = executor.observe({ record: async (some) => void facts.push(...some) }, abort.signal);
    const name = `poison-${randomUUID().slice(0, 8)}`;
    const labels = { gantry_deployment: options.deploymentId, kubernetes_executor: 'True', attempt_id: 'nonsense' };
    const spec = { containers: [{ name: 'base', image: place().image, command: ['true'] }] };
    await place().client.createPod(
      'default',
      JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec }),
    );
    const order = shell('true');
    await executor.launch([order]);
    await endOf(order);
    expect(sentences).toEqual([
      `Pod ${name} carries our labels, but its label attempt_id is "nonsense", not an attempt id.`,
    ]);
  });

  it.runIf(faults)(
    'gives up a pod whose image can never be had: the pod goes, then the failure is told [P11 F41]',
    async () => {
      const never = imageOrder(
        ['true'],
        {
          image: 'localhost/none',
        },
        {
          layers: {
            templateFile: null,
            dagOverride: null,
            taskOverride: { spec: { containers: [{ imagePullPolicy: 'Never' }] } },
            retry: null,
          },
        },
      );
      await executor.launch([never]);
      expect(await endOf(never)).toMatchObject({
        ending: { failure: { class: 'image', sentence: expect.stringContaining('ErrImageNeverPull') } },
      });
      await goneOf(never);
    },
  );

  it.runIf(faults)(
    'tells of a pod that vanished unseen, and relists when history is lost [W6 W14 P21 F11]',
    async () => {
      const { cluster } = place();
      await end();
      start({ watch: { compareSeconds: 1 } });
      const order = shell('sleep 600');
      await executor.launch([order]);
      await eventually('its start', () => kindsOf(order).includes('started'));
      ledger.opened(order, 200_000, true);
      cluster?.script.loseDelete('default', podName(order.dagId, order.taskId, order.attemptId));
      expect(await endOf(order)).toMatchObject({
        ending: {
          provenDead: false,
          failure: { class: 'disrupted', sentence: expect.stringMatching(/vanished while its task was running/) },
        },
      });
    },
  );

  it('removes, after a list, pods whose attempts closed while nobody stopped them, and old ones without an attempt [I24]', async () => {
    const [closed, kept, running] = [
      shell('true'),
      shell('exit 1'),
      workerOrder({
        layers: {
          templateFile: null,
          dagOverride: null,
          taskOverride: { spec: { containers: [{ image: place().image, command: ['sleep', '600'] }] } },
          retry: null,
        },
      }),
    ];
    await executor.launch([closed, kept, running]);
    await Promise.all([endOf(closed), endOf(kept)]);
    await end();
    ledger.closed.set(closed.attemptId, 'succeeded').set(kept.attemptId, 'failed');
    ledger.lead = { epoch: 2, clusterId: null, selector: null, resourceVersion: null };
    start();
    await goneOf(closed);
    expect(await podOf(kept)).not.toBeNull();
    expect(await podOf(running)).toMatchObject({ deletionTimestamp: null });
  });
}

/** The token that the kubelet mounted for the attempt's worker; read where the local cluster keeps its volumes. */
function tokenOfAttempt(folder: string, attemptId: string): string | null {
  const pods = join(folder, 'pods');
  for (const uid of readdirSync(pods)) {
    try {
      const token = readFileSync(join(pods, uid, 'volumes', 'gantry-token', 'token'), 'utf8');
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
      if (claims['kubernetes.io'].pod.name === podName('d', 't', attemptId)) return token;
    } catch {
      // A pod without a token, or one that is just being removed.
    }
  }
  return null;
}
