import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
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
import type { WatchCursor } from '../executor.ts';
import { KubernetesExecutor } from './kubernetes-executor.ts';
import type { KubernetesExecutorOptions } from './kubernetes-options.ts';
import { TestingLedger } from './testing-ledger.ts';
import { imageOrder, inNamespace, testingOptions } from './testing-orders.ts';

const random = { uuid: () => randomUUID(), fraction: () => 0.5 };
const LISTED = { namespace: 'default', namespaces: { kind: 'listed', names: ['etl', 'ml'] } } as const;
const ANY = { namespace: 'default', namespaces: { kind: 'any' } } as const;

describe('pods in several namespaces', () => {
  let folder = '';
  let cluster: LocalCluster;
  let client: KubeClient;
  let ledger: TestingLedger;
  let facts: AttemptFact[];
  let cursors: Map<string, WatchCursor>;
  let alarms: string[];
  let lists: string[];
  let options: KubernetesExecutorOptions;
  let executor: KubernetesExecutor;
  let abort: AbortController;
  let observing: Promise<void>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gantry-namespaces-'));
    const namespaces = ['etl', 'ml'];
    cluster = await startLocalCluster({ folder, clock: realClock, random, options: { namespaces } });
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
    [facts, alarms, lists, cursors] = [[], [], [], new Map()];
    options = testingOptions();
  });
  afterEach(async () => {
    await end();
    const left = await client.listPods(null, { labelSelector: deploymentSelector(options.deploymentId) });
    for (const { namespace, name } of left.pods) await client.deletePod(namespace, name, { gracePeriodSeconds: 0 });
  });

  function start(changes: Partial<KubernetesExecutorOptions>): void {
    options = { ...options, ...changes };
    const events = {
      alarm: ({ sentence }: { sentence: string }) => alarms.push(sentence),
      watch: (event: { kind: string }) => lists.push(event.kind),
    };
    executor = new KubernetesExecutor({ client, ledger, clock: realClock, random, options, events });
    abort = new AbortController();
    const record = async (some: readonly AttemptFact[], cursor?: WatchCursor) => {
      facts.push(...some);
      if (cursor === undefined) return;
      cursors.set(cursor.watchId, cursor);
      if (ledger.leads.get(cursor.watchId) !== null) ledger.leads.set(cursor.watchId, { ...cursor });
    };
    observing = executor.observe({ record }, abort.signal);
  }
  async function end(): Promise<void> {
    abort.abort();
    await observing;
  }
  const shell = (script: string, namespace?: string): Order => {
    const order = imageOrder(['sh', '-c', script], { image: 'busybox' });
    return namespace === undefined ? order : inNamespace(order, namespace);
  };
  const find = ({ attemptId }: Order, kind: AttemptFact['kind']) =>
    facts.find((fact) => fact.attemptId === attemptId && fact.kind === kind);
  const factOf = (order: Order, kind: AttemptFact['kind']) =>
    eventually(`the fact ${kind}`, () => find(order, kind), 60_000);
  const podIn = (namespace: string, { dagId, taskId, attemptId }: Order) =>
    client.getPod(namespace, podName(dagId, taskId, attemptId));
  const goneFrom = (namespace: string, order: Order) =>
    eventually('the pod to be gone', async () => (await podIn(namespace, order)) === null, 60_000);

  it('are launched where their overrides say, each seen by the watch of its namespace, with their logs', async () => {
    start(LISTED);
    const orders = [shell('echo at home'), shell('echo in etl', 'etl'), shell('echo in ml; exit 3', 'ml')];
    await executor.launch(orders);
    const ended = await Promise.all(orders.map((order) => factOf(order, 'ended')));
    expect(ended).toMatchObject([
      { place: { namespace: 'default' }, ending: { failure: null } },
      { place: { namespace: 'etl' }, ending: { failure: null } },
      { place: { namespace: 'ml' }, ending: { failure: { class: 'user_error' } } },
    ]);
    expect(orders.map(({ attemptId }) => ledger.lines(attemptId))).toEqual([['at home'], ['in etl'], ['in ml']]);
    const watchIds = ['KubernetesExecutor/default', 'KubernetesExecutor/etl', 'KubernetesExecutor/ml'];
    await eventually('a cursor of each watch', () => cursors.size === 3);
    expect([...cursors.keys()].sort()).toEqual(watchIds);
  });

  it('are found again, in all namespaces, by a scheduler that starts anew', async () => {
    start(LISTED);
    const [here, there] = [shell('sleep 2'), shell('sleep 2', 'etl')];
    await executor.launch([here, there]);
    await Promise.all([factOf(here, 'started'), factOf(there, 'started')]);
    await end();
    const phase = async (namespace: string, order: Order) => (await podIn(namespace, order))?.phase;
    await eventually('both ends', async () => (await phase('default', here)) === 'Succeeded', 60_000);
    await eventually('both ends', async () => (await phase('etl', there)) === 'Succeeded', 60_000);
    start({});
    await Promise.all([factOf(here, 'ended'), factOf(there, 'ended')]);
    expect(facts.filter(({ kind }) => kind === 'ended')).toHaveLength(2);
  });

  it('are stopped by attempt alone, wherever they are, also by a scheduler that did not launch them', async () => {
    start(LISTED);
    const order = shell('sleep 600', 'ml');
    await executor.launch([order]);
    await factOf(order, 'started');
    const other = new KubernetesExecutor({ client, ledger, clock: realClock, random, options });
    await other.stop([{ attemptId: order.attemptId, podName: null, namespace: null, why: 'kill' }]);
    await goneFrom('ml', order);
    expect(await factOf(order, 'ended')).toMatchObject({ place: { namespace: 'ml' } });
  });

  it('are removed after a list, each from its own namespace, when nobody stopped them', async () => {
    start(LISTED);
    const [closed, running] = [shell('true', 'etl'), shell('sleep 600', 'etl')];
    await executor.launch([closed, running]);
    await Promise.all([factOf(closed, 'ended'), factOf(running, 'started')]);
    await end();
    ledger.closed.set(closed.attemptId, 'succeeded');
    ledger.leads.clear();
    start({});
    await goneFrom('etl', closed);
    expect(await podIn('etl', running)).toMatchObject({ deletionTimestamp: null });
  });

  it('are told by whoever leads the watch of their namespace: the leads are taken one by one', async () => {
    ledger.leads.set('KubernetesExecutor/etl', null);
    start({ ...LISTED, watchLeaseSeconds: 0.3 });
    const [here, there] = [shell('true'), shell('true', 'etl')];
    await executor.launch([here, there]);
    await factOf(here, 'ended');
    await eventually('the end in etl', async () => (await podIn('etl', there))?.phase === 'Succeeded', 60_000);
    expect(find(there, 'ended')).toBeUndefined();
    ledger.leads.delete('KubernetesExecutor/etl');
    expect(await factOf(there, 'ended')).toMatchObject({ place: { namespace: 'etl' } });
  });

  it('without a list are seen by one watch over the whole cluster', async () => {
    start(ANY);
    const orders = [shell('true'), shell('sleep 600', 'ml')];
    await executor.launch(orders);
    await Promise.all([factOf(orders[0]!, 'ended'), factOf(orders[1]!, 'started')]);
    expect([...cursors.keys()]).toEqual(['KubernetesExecutor/*']);
    const other = new KubernetesExecutor({ client, ledger, clock: realClock, random, options });
    await other.stop([{ attemptId: orders[1]!.attemptId, podName: null, namespace: null, why: 'kill' }]);
    await goneFrom('ml', orders[1]!);
  });

  it('of a namespace that left the list are still noticed by name, and it is said that nobody watches there', async () => {
    start(LISTED);
    const order = shell('true', 'ml');
    await executor.launch([order]);
    await eventually('its end', async () => (await podIn('ml', order))?.phase === 'Succeeded', 60_000);
    await end();
    facts = [];
    ledger.opened(order, 10_000, true, 'ml');
    ledger.leads.clear();
    start({ namespaces: { kind: 'listed', names: ['etl'] } });
    expect(await factOf(order, 'ended')).toMatchObject({ ending: { failure: null }, place: { namespace: 'ml' } });
    expect(alarms).toEqual([expect.stringMatching(/^1 open attempts have their pods in namespace ml, /)]);
  });

  it('that may not be launched there are refused, and the others go on', async () => {
    start(LISTED);
    const [bad, good] = [shell('true', 'prod'), shell('true', 'etl')];
    await executor.launch([bad, good]);
    expect(await factOf(bad, 'launch_failed')).toMatchObject({
      failure: { class: 'configuration', sentence: expect.stringContaining('pods may go to default, etl, ml') },
    });
    await factOf(good, 'ended');
  });
});
