import type { Order } from '@gantry/sdk/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../../test/support/eventually.ts';
import { samplePodObject } from '../../../../../test/support/sample-pod.ts';
import {
  hangUp,
  json,
  noJitter,
  realClock,
  refuse,
  ScriptedKubeApi,
} from '../../../../../test/support/scripted-kube-api.ts';
import { podName } from '../../kube/pod/pod-name.ts';
import { FactOutbox } from '../fact-outbox.ts';
import type { KubernetesEvents } from './kubernetes-events.ts';
import { OrderPods } from './order-pods.ts';
import { PodLauncher } from './pod-launcher.ts';
import { TestingLedger } from './testing-ledger.ts';
import { imageOrder, testingOptions, workerOrder } from './testing-orders.ts';
import { PodBook } from './tracked-pod.ts';

describe('launching', () => {
  let api: ScriptedKubeApi;
  let ledger: TestingLedger;
  let launched: Parameters<KubernetesEvents['launched']>[0][];
  let launcher: PodLauncher;
  let outbox: FactOutbox;
  let pods: OrderPods;

  beforeEach(async () => {
    api = await ScriptedKubeApi.start();
    ledger = new TestingLedger();
    launched = [];
    make();
  });
  afterEach(async () => {
    await launcher.close();
    await api.stop();
  });

  const options = testingOptions({ namespace: 'tasks' });
  function make(changes: Partial<typeof options> = {}): void {
    const mine = { ...options, ...changes };
    const events = { launched: (event: (typeof launched)[number]) => launched.push(event) };
    const parts = { clock: realClock, random: noJitter, options: mine, events };
    outbox = new FactOutbox(noJitter, {});
    pods = new OrderPods({ options: mine, clock: realClock, events });
    launcher = new PodLauncher({ ...parts, client: api.client(), ledger, pods, book: new PodBook(), outbox });
  }

  const nameOf = ({ dagId, taskId, attemptId }: Order) => podName(dagId, taskId, attemptId);
  const ours = (order: Order, deployment = options.deploymentId) =>
    json(
      200,
      samplePodObject({
        metadata: { name: nameOf(order), labels: { attempt_id: order.attemptId, gantry_deployment: deployment } },
      }),
    );
  const kinds = () => api.calls.map(({ kind }) => kind);
  const created = () =>
    api.calls.filter(({ kind }) => kind === 'create').map(({ body }) => JSON.parse(body).metadata.name as string);
  async function facts() {
    const told: unknown[] = [];
    await outbox.once({ record: async (some) => void told.push(...some) });
    return told;
  }

  it('creates a pod with one call, under the name of the attempt', async () => {
    const order = workerOrder();
    await launcher.launch([order]);
    expect(created()).toEqual([nameOf(order)]);
    expect(kinds()).toEqual(['create']);
    expect(api.calls[0]?.path).toBe('/api/v1/namespaces/tasks/pods');
    expect(launched).toEqual([{ attemptId: order.attemptId, name: nameOf(order), existed: false }]);
  });

  it('an image that another scheduler may have launched is not created when its pod is not there: it may have run and gone [I01 I05]', async () => {
    const order = imageOrder(['true']);
    await launcher.launch([order], 'resumed');
    expect(kinds()).toEqual(['get']);
    expect(await facts()).toMatchObject([
      { kind: 'launch_failed', failure: { class: 'never_started', retryable: true } },
    ]);
  });

  it('what another scheduler has launched is taken as it is, and a worker that has no pod gets one [F25 F26]', async () => {
    const [image, worker] = [imageOrder(['true']), workerOrder()];
    api.next('get', ours(image));
    await launcher.launch([image, worker], 'resumed');
    expect(kinds().toSorted()).toEqual(['create', 'get']);
    expect(created()).toEqual([nameOf(worker)]);
  });

  it('launches an order once however often it comes', async () => {
    const order = workerOrder();
    await Promise.all([launcher.launch([order]), launcher.launch([order, order])]);
    await launcher.launch([order]);
    expect(kinds()).toEqual(['create']);
  });

  it('builds the pods of a large batch in turns, so that others get theirs and the first are sent meanwhile', async () => {
    const orders = Array.from({ length: 250 }, () => workerOrder());
    const render = pods.render.bind(pods);
    let built = 0;
    pods.render = (order) => {
      built += 1;
      return render(order);
    };
    const atTurns: number[] = [];
    const look = (): void => {
      atTurns.push(built);
      if (built < orders.length) setImmediate(look);
    };
    setImmediate(look);
    await launcher.launch(orders);
    expect(atTurns).toEqual(expect.arrayContaining([100, 200, 250]));
    expect(new Set(created()).size).toBe(250);
  });

  it('takes a pod that exists already for its own when its labels say so [F27]', async () => {
    const order = workerOrder();
    api.next('create', refuse(409, 'AlreadyExists')).next('get', ours(order));
    await launcher.launch([order]);
    expect(launched).toEqual([{ attemptId: order.attemptId, name: nameOf(order), existed: true }]);
    expect(await facts()).toEqual([]);
  });

  it('leaves a foreign pod of the same name untouched and says so [F27]', async () => {
    const order = workerOrder();
    api.next('create', refuse(409, 'AlreadyExists')).next('get', ours(order, 'another deployment'));
    await launcher.launch([order]);
    expect(await facts()).toMatchObject([
      {
        kind: 'launch_failed',
        failure: { class: 'configuration', sentence: expect.stringMatching(/that is not ours/) },
      },
    ]);
    expect(kinds()).toEqual(['create', 'get']);
  });

  it.each([
    ['the connection is cut', hangUp],
    ['the server answers 500', refuse(500, 'InternalError')],
    ['the server answers 504', refuse(504, 'Timeout')],
  ])('after an unknown answer it looks first and finds its pod: %s [F23 I04]', async (_what, answer) => {
    const order = workerOrder();
    api.next('create', answer).next('get', ours(order));
    await launcher.launch([order]);
    await eventually('the pod to be found', () => launched.length > 0);
    expect(kinds()).toEqual(['create', 'get']);
  });

  it('after an unknown answer it creates again only after a 404, and under the same name [F24 I04]', async () => {
    const order = workerOrder();
    api.next('create', hangUp).next('get', refuse(503, 'ServiceUnavailable'), refuse(404, 'NotFound'));
    await launcher.launch([order]);
    await eventually('the pod', () => launched.length > 0);
    expect(kinds()).toEqual(['create', 'get', 'get', 'create']);
    expect(created()).toEqual([nameOf(order), nameOf(order)]);
  });

  it('takes the failure of an admission webhook for no answer: it looks, and creates again, and fails nothing [F31]', async () => {
    const order = workerOrder();
    const failed = refuse(500, 'InternalError', {
      message: 'failed calling webhook "w.site": context deadline exceeded',
    });
    api.next('create', failed, failed).next('get', refuse(404, 'NotFound'), refuse(404, 'NotFound'));
    await launcher.launch([order]);
    await eventually('the pod', () => launched.length > 0);
    expect(kinds()).toEqual(['create', 'get', 'create', 'get', 'create']);
    expect(new Set(created()).size).toBe(1);
  });

  it('waits for a used-up quota with the API’s own sentence, without a failure [F29]', async () => {
    const order = workerOrder();
    const message = 'pods "x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=3, limited: pods=3';
    api.next('create', refuse(403, 'Forbidden', { message }));
    await launcher.launch([order]);
    expect(await facts()).toMatchObject([
      { kind: 'waiting', attemptId: order.attemptId, sentence: expect.stringContaining(message) },
    ]);
    await eventually('the pod', () => launched.length > 0);
    expect(await facts()).toEqual([]);
  });

  it('waits out 429 and conflicts that heal [F28]', async () => {
    api.next('create', refuse(429, 'TooManyRequests', {}, { 'retry-after': '0' }), refuse(409, 'Conflict'));
    await launcher.launch([workerOrder()]);
    await eventually('the pod', () => launched.length > 0);
    expect(await facts()).toEqual([]);
  });

  it.each([
    [
      'a pod the API finds invalid',
      refuse(422, 'Invalid', { message: 'Pod "x" is invalid: spec.containers[0].image: Required value' }),
      'spec.containers[0].image: Required value',
    ],
    [
      'pod security',
      refuse(403, 'Forbidden', { message: 'violates PodSecurity "restricted:latest"' }),
      'violates PodSecurity',
    ],
    [
      'a namespace that is not there',
      refuse(404, 'NotFound', { message: 'namespaces "tasks" not found' }),
      'namespaces "tasks" not found',
    ],
  ])(
    'refuses at once, as configuration, what no further try heals, and launches the others: %s [F30]',
    async (what, answer, said) => {
      const [bad, good] = [workerOrder(), workerOrder()];
      // The client asks a few times after a 403 on a new connection: a server that has just started says it to everybody.
      api.next('create', answer, ...(what === 'pod security' ? [answer, answer, answer] : []));
      await launcher.launch([bad]);
      await launcher.launch([good]);
      expect(await facts()).toMatchObject([
        {
          kind: 'launch_failed',
          attemptId: bad.attemptId,
          failure: { class: 'configuration', retryable: false, sentence: expect.stringContaining(said) },
        },
      ]);
      expect(launched).toMatchObject([{ attemptId: good.attemptId }]);
      expect(launcher.underWay).toBe(0);
    },
  );

  it('refuses a bad override without a call, and launches the others of the batch', async () => {
    const bad = workerOrder({
      taskId: 'bad',
      layers: { templateFile: null, dagOverride: null, taskOverride: { metadata: { name: 'x' } }, retry: null },
    });
    const lost = workerOrder({
      taskId: 'lost',
      layers: { templateFile: 'none.yaml', dagOverride: null, taskOverride: null, retry: null },
    });
    await launcher.launch([bad, lost, workerOrder()]);
    expect(await facts()).toMatchObject([
      {
        attemptId: bad.attemptId,
        failure: { sentence: expect.stringMatching(/^DAG orders, task bad, podOverride: metadata\.name /) },
      },
      {
        attemptId: lost.attemptId,
        failure: { sentence: 'The pod template /nowhere/none.yaml does not exist; expected a YAML file with one Pod.' },
      },
    ]);
    expect(kinds()).toEqual(['create']);
  });

  it('does not create the pod of an image whose attempt has closed meanwhile [R12]', async () => {
    const order = imageOrder(['true']);
    ledger.closed.set(order.attemptId, 'failed');
    await launcher.launch([order]);
    expect(kinds()).toEqual([]);
    expect(launcher.underWay).toBe(0);
  });

  it('after a pause in the middle of launching, creates nothing that was closed meanwhile, and asks once for all [F62 I01]', async () => {
    let paused = 0;
    let pauses = 0;
    const client = api.client();
    const create: typeof client.createPod = (...[namespace, body, ahead, ready]) => {
      // The whole process stops between the decision and the request, and the attempts end meanwhile.
      if (pauses === 0) paused += 60_000;
      pauses += 1;
      return client.createPod(namespace, body, ahead, ready);
    };
    const clock = { ...realClock, monotonic: () => realClock.monotonic() + paused };
    const parts = { clock, random: noJitter, options, events: {} };
    const pods = new OrderPods({ options, clock, events: {} });
    const paying = { createPod: create, getPod: client.getPod.bind(client) };
    const late = new PodLauncher({ ...parts, client: paying, ledger, pods, book: new PodBook(), outbox });
    const orders = [workerOrder(), workerOrder(), workerOrder()];
    ledger.closed.set(orders[0]!.attemptId, 'succeeded');
    ledger.closed.set(orders[2]!.attemptId, 'failed');
    await late.launch(orders, realClock.monotonic());
    expect(created()).toEqual([nameOf(orders[1]!)]);
    await late.close();
  });

  it('does not create the pod of an image while the database cannot say that its attempt is open', async () => {
    const order = imageOrder(['true']);
    ledger.down = true;
    await launcher.launch([order]);
    expect(await facts()).toMatchObject([{ kind: 'waiting', sentence: expect.stringContaining('database') }]);
    expect(kinds()).toEqual([]);
    ledger.down = false;
    await eventually('the pod', () => launched.length > 0);
    expect(kinds()).toEqual(['create']);
  });

  it('takes the word of a fresh commit that an attempt is open, but not of an old one', async () => {
    const fresh = imageOrder(['true']);
    const old = imageOrder(['true']);
    ledger.closed.set(fresh.attemptId, 'failed').set(old.attemptId, 'failed');
    await launcher.launch([fresh], realClock.monotonic());
    await launcher.launch([old], realClock.monotonic() - 10_000);
    expect(created()).toEqual([nameOf(fresh)]);
    expect(launcher.underWay).toBe(0);
  });

  it('gives up what is cancelled while it is put off', async () => {
    const order = workerOrder();
    api.next('create', refuse(403, 'Forbidden', { message: 'exceeded quota: small' }));
    await launcher.launch([order]);
    expect(launcher.isLaunching(order.attemptId)).toBe(true);
    await launcher.cancel(order.attemptId);
    expect(launcher.isLaunching(order.attemptId)).toBe(false);
    expect(launcher.underWay).toBe(0);
  });

  it('gives up after task_publish_max_retries, as never started', async () => {
    make({ taskPublishMaxRetries: 1 });
    api.next(
      'create',
      refuse(403, 'Forbidden', { message: 'exceeded quota: a' }),
      refuse(403, 'Forbidden', { message: 'exceeded quota: b' }),
    );
    await launcher.launch([workerOrder()]);
    await eventually('the end of it', () => launcher.underWay === 0);
    expect(await facts()).toContainEqual(
      expect.objectContaining({
        kind: 'launch_failed',
        failure: expect.objectContaining({
          class: 'never_started',
          retryable: true,
          sentence: expect.stringMatching(/in 2 tries.*exceeded quota: b/),
        }),
      }),
    );
  });
});
