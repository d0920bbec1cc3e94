import { randomUUID } from 'node:crypto';
import type { AttemptFact, Order } from '@gantry/sdk/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../../test/support/eventually.ts';
import { realKubeconfig } from '../../../../../test/support/real-kube.ts';
import { EXECUTOR_VERBS, RealNamespaces } from '../../../../../test/support/real-namespaces.ts';
import { endedContainer } from '../../../../../test/support/sample-pod.ts';
import { noJitter, realClock } from '../../../../../test/support/scripted-kube-api.ts';
import { checkAccess } from '../../kube/check-access.ts';
import { KubeClient } from '../../kube/kube-client.ts';
import { podName } from '../../kube/pod/pod-name.ts';
import type { WatchCursor } from '../executor.ts';
import { KubernetesExecutor } from './kubernetes-executor.ts';
import type { KubernetesExecutorOptions } from './kubernetes-options.ts';
import { TestingLedger } from './testing-ledger.ts';
import { imageOrder, inNamespace, testingOptions } from './testing-orders.ts';

const KUBECONFIG = realKubeconfig('several namespaces with a Role in each are not tried on a real API server');
const random = { uuid: () => randomUUID(), fraction: () => 0.1 };

describe.skipIf(KUBECONFIG === null)('with an account that has only Roles, on a real API server', () => {
  let namespaces: RealNamespaces;
  let home: string;
  let etl: string;
  let client: KubeClient;
  /** Namespaces of every list, watch, create, get, delete and log; null is the whole cluster. */
  let asked: Set<string | null>;
  let ledger: TestingLedger;
  let facts: AttemptFact[];
  let alarms: string[];
  let troubles: string[];
  let options: KubernetesExecutorOptions;
  let executor: KubernetesExecutor;
  let abort: AbortController;
  let observing: Promise<void>;

  beforeEach(async () => {
    namespaces = await RealNamespaces.open(KUBECONFIG ?? '', 3);
    [home = '', etl = ''] = namespaces.names;
    asked = new Set();
    client = new NotingClient(namespaces.connection, { clock: realClock, random: noJitter }).noteIn(asked);
    ledger = new TestingLedger();
    [facts, alarms, troubles] = [[], [], []];
    options = testingOptions({ namespace: home, namespaces: { kind: 'listed', names: [etl] } });
    abort = new AbortController();
    observing = Promise.resolve();
  });
  afterEach(async () => {
    abort.abort();
    await observing;
    client.close();
    await namespaces.drop();
  });

  function start(): void {
    const events = {
      alarm: ({ sentence }: { sentence: string }) => alarms.push(sentence),
      trouble: ({ error }: { error: unknown }) => troubles.push(String(error)),
    };
    executor = new KubernetesExecutor({ client, ledger, clock: realClock, random, options, events });
    abort = new AbortController();
    const record = async (some: readonly AttemptFact[], cursor?: WatchCursor) => {
      facts.push(...some);
      if (cursor !== undefined) ledger.leads.set(cursor.watchId, { ...cursor });
    };
    observing = executor.observe({ record }, abort.signal);
  }
  const nameOf = ({ dagId, taskId, attemptId }: Order) => podName(dagId, taskId, attemptId);
  const finish = (namespace: string, order: Order) =>
    namespaces.setStatus(namespace, nameOf(order), { phase: 'Succeeded', containerStatuses: [endedContainer(0)] });
  const endOf = (order: Order) =>
    eventually('the end', () => facts.find(({ kind, attemptId }) => kind === 'ended' && attemptId === order.attemptId));
  const sleeper = (pod = {}) => imageOrder(['sleep', '600'], { getLogs: false, ...pod });

  it('pods are launched, watched, found again and deleted in each namespace, and no call leaves them', async () => {
    for (const name of [home, etl]) await namespaces.grant(name);
    await checkAccess(client, [home, etl]);
    start();
    const [here, there, killed] = [sleeper(), inNamespace(sleeper(), etl), inNamespace(sleeper(), etl)];
    await executor.launch([here, there, killed]);
    await finish(home, here);
    expect(await endOf(here)).toMatchObject({ place: { namespace: home }, ending: { failure: null } });
    abort.abort();
    await observing;
    await finish(etl, there);
    start();
    expect(await endOf(there)).toMatchObject({ place: { namespace: etl }, ending: { failure: null } });
    await executor.stop([
      { attemptId: there.attemptId, podName: null, namespace: null, why: 'succeeded' },
      { attemptId: killed.attemptId, podName: null, namespace: null, why: 'kill' },
    ]);
    for (const order of [there, killed])
      await eventually('the pod to be gone', async () => (await client.getPod(etl, nameOf(order))) === null);
    expect(await endOf(killed)).toMatchObject({ place: { namespace: etl } });
    expect([...asked].sort()).toEqual([home, etl].sort());
    expect(alarms).toEqual([]);
  });

  it('the start says which namespace lacks which verb, and what to grant', async () => {
    await namespaces.grant(home);
    await namespaces.grant(
      etl,
      EXECUTOR_VERBS.filter((verb) => verb !== 'watch' && verb !== 'delete'),
    );
    await expect(checkAccess(client, [home, etl])).rejects.toMatchObject({
      code: 'kubernetes_forbidden',
      message: `The Kubernetes API at ${client.connection.server.origin} does not let the account of the test watch, delete pods in namespace "${etl}"; grant its account create, get, list, watch, delete on pods there.`,
    });
    const none = namespaces.names[2] ?? '';
    await expect(checkAccess(client, [home, none])).rejects.toMatchObject({
      message: expect.stringContaining(`list pods in namespace "${none}"`),
    });
    await expect(checkAccess(client, null)).rejects.toMatchObject({
      message: expect.stringMatching(
        /list pods in the whole cluster; grant .* by a ClusterRole, or name the namespaces/,
      ),
    });
  });

  it('a Role that is taken away stops only its namespace: the others go on, and the log names it', async () => {
    for (const name of [home, etl]) await namespaces.grant(name);
    start();
    const order = inNamespace(sleeper(), etl);
    await executor.launch([order]);
    abort.abort();
    await observing;
    await namespaces.revoke(etl);
    start();
    const [here, refused] = [sleeper(), inNamespace(sleeper(), etl)];
    await executor.launch([here, refused]);
    await finish(home, here);
    await endOf(here);
    expect(
      await eventually('the refusal', () => facts.find(({ attemptId }) => attemptId === refused.attemptId)),
    ).toMatchObject({
      kind: 'launch_failed',
      failure: { class: 'configuration', sentence: expect.stringContaining(`namespace "${etl}"`) },
    });
    await eventually('what is said', () => troubles.some((said) => said.includes(`list pods in namespace "${etl}"`)));
    await namespaces.grant(etl);
    await finish(etl, order);
    expect(await endOf(order)).toMatchObject({ place: { namespace: etl } });
  });

  it('an attempt of which no namespace is known is gone only when every namespace says so', async () => {
    await namespaces.grant(home);
    await namespaces.grant(etl);
    const [lost, there] = [sleeper(), sleeper()];
    await namespaces.createPod(etl, samplePodOf(options, there));
    for (const order of [lost, there]) ledger.opened(order, 3_600_000, true);
    start();
    expect(await endOf(lost)).toMatchObject({ ending: { provenDead: false }, place: null });
    expect(facts.some(({ attemptId }) => attemptId === there.attemptId)).toBe(false);
  });
});

/** The pod of an order as another scheduler has launched it. */
function samplePodOf({ deploymentId }: KubernetesExecutorOptions, { attemptId, dagId, taskId }: Order): object {
  const labels = { kubernetes_executor: 'True', gantry_deployment: deploymentId, attempt_id: attemptId };
  return {
    metadata: { name: podName(dagId, taskId, attemptId), labels, annotations: { gantry_workload: 'image' } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'base', image: 'busybox' }] },
  };
}

/** A client that notes where it is asked to look. */
class NotingClient extends KubeClient {
  #asked: Set<string | null> = new Set();

  noteIn(asked: Set<string | null>): this {
    this.#asked = asked;
    return this;
  }

  override createPod(...parts: Parameters<KubeClient['createPod']>) {
    this.#asked.add(parts[0]);
    return super.createPod(...parts);
  }

  override getPod(...parts: Parameters<KubeClient['getPod']>) {
    this.#asked.add(parts[0]);
    return super.getPod(...parts);
  }

  override deletePod(...parts: Parameters<KubeClient['deletePod']>) {
    this.#asked.add(parts[0]);
    return super.deletePod(...parts);
  }

  override listPods(...parts: Parameters<KubeClient['listPods']>) {
    this.#asked.add(parts[0]);
    return super.listPods(...parts);
  }

  override watchPods(...parts: Parameters<KubeClient['watchPods']>) {
    this.#asked.add(parts[0]);
    return super.watchPods(...parts);
  }
}
