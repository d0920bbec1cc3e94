import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.ts';
import { realKubeconfig } from '../../../../test/support/real-kube.ts';
import { noJitter, realClock } from '../../../../test/support/scripted-kube-api.ts';
import { checkAccess } from './check-access.ts';
import { KubeClient } from './kube-client.ts';
import { loadKubeConnection } from './kube-config.ts';
import type { PodBatch } from './pod-batch.ts';
import { PodWatch, type PodWatchOptions, type PodWatchRun } from './pod-watch.ts';
import type { PodWatchEvent } from './pod-watch-event.ts';

const KUBECONFIG = realKubeconfig('the client and the watch are not tried on a real API server');
const NAMESPACE = 'default';
/** Marks what these tests make, so that they find nothing else and leave nothing behind. */
const MARK = `gantry-test-${randomUUID().slice(0, 8)}`;

function body(name: string, labels: object = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${MARK}-${name}`, labels: { mark: MARK, ...labels } },
    // Behind a gate nobody schedules it, so it stays as it is and goes at once when it is deleted.
    spec: {
      schedulingGates: [{ name: 'gantry.dev/test' }],
      restartPolicy: 'Never',
      containers: [{ name: 'base', image: 'busybox:1' }],
    },
  });
}

describe.skipIf(KUBECONFIG === null)('on the API server of GANTRY_TEST_KUBECONFIG', () => {
  let client: KubeClient;

  beforeAll(async () => {
    const connection = await loadKubeConnection({
      inCluster: false,
      configFile: KUBECONFIG,
      context: null,
      verifySsl: true,
      sslCaCert: null,
      environment: {},
      clock: realClock,
    });
    client = new KubeClient(connection, { clock: realClock, random: noJitter });
  });

  afterEach(async () => {
    const left = await client.listPods(NAMESPACE, { labelSelector: `mark=${MARK}` });
    for (const { name } of left.pods) await client.deletePod(NAMESPACE, name, { gracePeriodSeconds: 0 });
  });

  afterAll(() => client.close());

  it('creates, finds, lists by pages and deletes pods', async () => {
    const made = await client.createPod(NAMESPACE, body('a'));
    const uid = made.kind === 'created' ? made.identity()?.uid : undefined;
    expect(await client.createPod(NAMESPACE, body('a'))).toEqual({ kind: 'exists' });
    await client.createPod(NAMESPACE, body('b'));
    const pod = await client.getPod(NAMESPACE, `${MARK}-a`);
    expect([pod?.uid, pod?.phase, pod?.node]).toEqual([uid, 'Pending', null]);
    const page = await client.listPods(NAMESPACE, { labelSelector: `mark=${MARK}`, limit: 1 });
    const rest = await client.listPods(NAMESPACE, {
      labelSelector: `mark=${MARK}`,
      limit: 1,
      continueToken: page.continueToken,
    });
    expect([page.pods.length, rest.pods.length, rest.continueToken]).toEqual([1, 1, null]);
    expect(rest.resourceVersion).toBe(page.resourceVersion);
    expect(await client.deletePod(NAMESPACE, `${MARK}-a`, { uid: randomUUID() })).toBe('other');
    expect(await client.deletePod(NAMESPACE, `${MARK}-a`, { uid })).toBe('accepted');
    expect(await client.deletePod(NAMESPACE, `${MARK}-a`, { uid })).toBe('gone');
    expect(await client.getPod(NAMESPACE, `${MARK}-a`)).toBeNull();
  });

  it('says in a sentence what is wrong with a pod', async () => {
    await expect(client.createPod(NAMESPACE, '{"apiVersion":"v1","kind":"Pod","metadata":{}}')).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(
        /^The Kubernetes API refused to create pods in namespace "default" \(422 Invalid\): .*spec\.containers/,
      ),
    });
  });

  it('has what the executor needs, and is told when a namespace is missing', async () => {
    await checkAccess(client, [NAMESPACE]);
    await checkAccess(client, null);
    await expect(checkAccess(client, [`${MARK}-none`])).rejects.toMatchObject({
      code: 'kubernetes_forbidden',
      message: expect.stringContaining(`There is no namespace "${MARK}-none"`),
    });
  });

  it('refuses a stranger with one sentence', async () => {
    const { connection } = client;
    const credential = {
      identity: async () => ({ authorization: 'Bearer stranger', certificate: null, key: null }),
      forget() {},
    };
    const stranger = new KubeClient({ ...connection, credential }, { clock: realClock, random: noJitter });
    await expect(checkAccess(stranger, [NAMESPACE])).rejects.toMatchObject({
      code: 'kubernetes_forbidden',
      message: expect.stringMatching(/does not know the credential of .* \(401\)/),
    });
    stranger.close();
  });

  it('knows its cluster and its version', async () => {
    expect(await client.clusterId()).toMatch(/^[0-9a-f-]{36}$/);
    expect((await client.version()).major).toBeGreaterThan(0);
  });

  it('asks 100 times over a few connections', async () => {
    const before = client.stats.connectionsOpened;
    await Promise.all(Array.from({ length: 100 }, () => client.getPod(NAMESPACE, `${MARK}-none`)));
    expect(client.stats.connectionsOpened - before).toBeLessThanOrEqual(16);
  });

  describe('a watch', () => {
    let seen: string[];
    let cursor: { resourceVersion: string; clusterId: string } | null;
    let abort: AbortController;
    let done: Promise<void>;

    function watch(
      from: PodWatchRun['from'],
      labelSelector = `mark=${MARK}`,
      options: PodWatchOptions = {},
      events: (event: PodWatchEvent) => void = () => {},
    ): void {
      seen = [];
      abort = new AbortController();
      const apply = async (batch: PodBatch): Promise<void> => {
        const said =
          batch.kind === 'list'
            ? batch.pods.map(({ name }) => `LISTED ${name}`)
            : batch.changes.map(({ type, pod }) => `${type} ${pod.name}`);
        seen.push(...said.map((line) => line.replace(`${MARK}-`, '')));
        cursor = { resourceVersion: batch.resourceVersion, clusterId: batch.clusterId };
      };
      const parts = {
        client,
        namespace: NAMESPACE,
        labelSelector,
        clock: realClock,
        random: noJitter,
        options,
        events,
      };
      done = new PodWatch(parts).run({ from, apply, signal: abort.signal });
    }

    async function stop(): Promise<void> {
      abort.abort();
      await done;
    }

    afterEach(stop);

    it('tells what there was, what comes and what goes, and goes on where it stopped [W3 W4 W16]', async () => {
      await client.createPod(NAMESPACE, body('old'));
      watch(null);
      await eventually('the list', () => seen.includes('LISTED old'));
      await client.createPod(NAMESPACE, body('new'));
      await eventually('the new pod', () => seen.includes('ADDED new'));
      await stop();
      const from = cursor;
      await client.deletePod(NAMESPACE, `${MARK}-old`, { gracePeriodSeconds: 0 });
      await client.createPod(NAMESPACE, body('meanwhile'));
      watch(from);
      await eventually('what was missed', () => seen.includes('ADDED meanwhile'));
      // A deletion is marked before it is done.
      expect(seen.filter((line) => !line.startsWith('MODIFIED'))).toEqual(['DELETED old', 'ADDED meanwhile']);
    });

    it('lists anew for the version of another cluster [W19]', async () => {
      await client.createPod(NAMESPACE, body('here'));
      watch({ resourceVersion: '1', clusterId: 'another' });
      await eventually('the list', () => seen.includes('LISTED here'));
    });

    it('goes on without a list when the server ends the stream in good order, again and again [W3 W4]', async () => {
      await client.createPod(NAMESPACE, body('old'));
      const sessions: string[] = [];
      watch(null, undefined, { watchSeconds: [1, 1] }, (event) => sessions.push(event.kind));
      await eventually('the third stream', () => sessions.filter((kind) => kind === 'watching').length >= 3, 20_000);
      await client.createPod(NAMESPACE, body('late'));
      await eventually('the late pod', () => seen.includes('ADDED late'));
      expect(sessions.filter((kind) => kind === 'listed')).toHaveLength(1);
    });

    it('lists when its version is one of the future, of which the server says nothing for ever [W7 W10 F06 F07]', async () => {
      await client.createPod(NAMESPACE, body('here'));
      const clusterId = (await client.clusterId()) ?? '';
      watch({ resourceVersion: '99999999999', clusterId }, undefined, { silenceSeconds: 1 });
      await eventually('the list', () => seen.includes('LISTED here'), 20_000);
      await client.createPod(NAMESPACE, body('new'));
      await eventually('the new pod', () => seen.includes('ADDED new'));
    });

    it('lists many pods as pages of one version [W2]', async () => {
      const names = Array.from({ length: 7 }, (_, index) => `p${index}`);
      await Promise.all(names.map((name) => client.createPod(NAMESPACE, body(name))));
      watch(null, undefined, { pageSize: 2 });
      await eventually('the list', () => names.every((name) => seen.includes(`LISTED ${name}`)));
      expect(seen).toHaveLength(7);
    });

    it('lists anew for a version that the server has forgotten or never had [W6 W7]', async () => {
      await client.createPod(NAMESPACE, body('here'));
      const clusterId = (await client.clusterId()) ?? '';
      watch({ resourceVersion: 'no-version', clusterId });
      await eventually('the list', () => seen.includes('LISTED here'));
    });
  });
});
