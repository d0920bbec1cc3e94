import type { AttemptFact, Order } from '@gantry/sdk/model';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  endedContainer,
  runningContainer,
  samplePod,
  waitingContainer,
} from '../../../../../test/support/sample-pod.ts';
import { noJitter } from '../../../../../test/support/scripted-kube-api.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { KubePod } from '../../kube/kube-pod.ts';
import { podName } from '../../kube/pod/pod-name.ts';
import type { PodBatch, PodChange } from '../../kube/pod-batch.ts';
import type { WatchCursor } from '../executor.ts';
import { FactOutbox } from '../fact-outbox.ts';
import { LogKeeper } from './log-keeper.ts';
import { OrderPods } from './order-pods.ts';
import { PodApplier } from './pod-applier.ts';
import { PodLauncher } from './pod-launcher.ts';
import { PodStopper } from './pod-stopper.ts';
import { TestingLedger } from './testing-ledger.ts';
import { imageOrder, testingOptions } from './testing-orders.ts';
import { PodBook } from './tracked-pod.ts';
import { WaitSweep } from './wait-sweep.ts';

const HOUR = 3_600_000;
const options = testingOptions();
const scheduled = {
  type: 'Normal',
  reason: 'Scheduled',
  message: 'Assigned to node1.',
  count: 1,
  lastSeen: '2026-01-01T00:00:01Z',
  source: 'default-scheduler',
};
const cursor: WatchCursor = { watchId: 'w', clusterId: 'c', selector: 's', resourceVersion: '1', epoch: 1 };

describe('applying what the watch sees', () => {
  let now: number;
  let ledger: TestingLedger;
  let facts: AttemptFact[];
  let waits: AttemptFact[];
  let deleted: { name: string; uid: string | undefined }[];
  let present: Map<string, KubePod | 'error'>;
  let alarms: string[];
  let applier: PodApplier;
  let sweep: WaitSweep;
  let outbox: FactOutbox;
  let refuse: boolean;
  let book: PodBook;
  let launcher: PodLauncher;
  let whileCreating: () => Promise<void>;

  beforeEach(() => beginAnew());

  function beginAnew(unprovenImageSeconds = 0): void {
    now = 10 * HOUR;
    ledger = new TestingLedger();
    [facts, waits, deleted, alarms] = [[], [], [], []];
    present = new Map();
    refuse = false;
    whileCreating = async () => {};
    const clock = { now: () => now, monotonic: () => now };
    const client = {
      createPod: async () => {
        await whileCreating();
        return { kind: 'created' as const, identity: () => null };
      },
      getPod: async (_namespace: string, name: string) => {
        const pod = present.get(name) ?? null;
        if (pod === 'error') throw new KubeError({ kind: 'forbidden', message: 'no' });
        return pod;
      },
      deletePod: async (_namespace: string, name: string, given: { uid?: string }) => {
        deleted.push({ name, uid: given.uid });
        return 'accepted' as const;
      },
      listPods: async () => ({ pods: [], resourceVersion: '1', continueToken: null, unreadable: 0 }),
      podEvents: async (_namespace: string, uid: string) => {
        if (uid.startsWith('forbidden')) throw new KubeError({ kind: 'forbidden', message: 'no' });
        return [scheduled];
      },
      podLogs: async () => '2026-01-01T00:00:01Z said\n',
    };
    const events = { alarm: ({ sentence }: { sentence: string }) => alarms.push(sentence) };
    book = new PodBook();
    outbox = new FactOutbox(noJitter, {});
    const logs = new LogKeeper(client, ledger, clock, events);
    const common = {
      client,
      ledger,
      clock,
      random: noJitter,
      options: { ...options, unprovenImageSeconds },
      events,
      book,
      outbox,
      logs,
    };
    launcher = new PodLauncher({ ...common, pods: new OrderPods({ options, clock, events }) });
    const stopper = new PodStopper({ ...common, launcher, isWatching: () => true });
    applier = new PodApplier({ ...common, place: 'default', launcher, stopper });
    sweep = new WaitSweep({ ...common, place: 'default', stopper });
  }

  const nameOf = ({ dagId, taskId, attemptId }: Order) => podName(dagId, taskId, attemptId);
  function podOf(order: Order, parts: { metadata?: object; spec?: object; status?: object } = {}): KubePod {
    const { attemptId, workload } = order;
    const getLogs = workload.kind === 'image' && workload.pod.getLogs ? { gantry_get_logs: 'True' } : {};
    return samplePod({
      metadata: {
        name: nameOf(order),
        uid: `uid-${attemptId}`,
        labels: { attempt_id: attemptId, gantry_deployment: options.deploymentId, kubernetes_executor: 'True' },
        annotations: { gantry_workload: workload.kind, ...getLogs },
        ...parts.metadata,
      },
      ...(parts.spec ? { spec: { ...parts.spec } } : {}),
      status: { ...parts.status },
    });
  }
  const running = { phase: 'Running', containerStatuses: [runningContainer()] };
  const done = { phase: 'Succeeded', containerStatuses: [endedContainer(0)] };
  const stuck = { phase: 'Pending', containerStatuses: [waitingContainer('ErrImagePull', 'no such image')] };
  async function apply(batch: PodBatch): Promise<void> {
    const record = async (some: readonly AttemptFact[]) => {
      if (refuse) throw new Error('the database is away');
      facts.push(...some);
    };
    await applier.apply(batch, { record }, cursor);
    await applier.idle();
  }
  const change = (...changes: PodChange[]) => apply({ kind: 'changes', changes, resourceVersion: '2', clusterId: 'c' });
  const list = (...pods: KubePod[]) =>
    apply({ kind: 'list', pods, resourceVersion: '2', clusterId: 'c', why: 'compare', askedAtMilliseconds: now });
  const sendWaits = () => outbox.once({ record: async (some) => void waits.push(...some) });
  const kinds = () => facts.map(({ kind }) => kind);

  it('tells each fact once, however often the same pod comes [W17 I12]', async () => {
    const order = imageOrder(['true']);
    const [run, end] = [podOf(order, { status: running }), podOf(order, { status: done })];
    await change({ type: 'ADDED', pod: run }, { type: 'MODIFIED', pod: run }, { type: 'MODIFIED', pod: end });
    await list(end);
    await change({ type: 'DELETED', pod: end }, { type: 'MODIFIED', pod: run });
    expect(kinds()).toEqual(['ended']);
  });

  it('tells once, with the next sweeps, that an image pod goes on running, and of one that ended at once only its end', async () => {
    const [long, short] = [imageOrder(['sleep']), imageOrder(['true'])];
    await change({ type: 'ADDED', pod: podOf(long, { status: running }) });
    await change({ type: 'ADDED', pod: podOf(short, { status: running }) });
    await change({ type: 'MODIFIED', pod: podOf(short, { status: done }) });
    for (let turn = 0; turn < 3; turn += 1) {
      now += 250;
      sweep.once();
      await sendWaits();
    }
    expect(waits.map(({ kind, attemptId }) => ({ kind, attemptId }))).toEqual([
      { kind: 'started', attemptId: long.attemptId },
    ]);
    expect(kinds()).toEqual(['ended']);
  });

  it('tells the same again when the commit failed [W16]', async () => {
    const pod = podOf(imageOrder(['true']), { status: done });
    refuse = true;
    await expect(change({ type: 'ADDED', pod })).rejects.toThrow('the database is away');
    refuse = false;
    await change({ type: 'ADDED', pod });
    expect(kinds()).toEqual(['ended']);
  });

  it('keeps the end of a pod that is over before its creation is answered, and its slot is free [F49 R11]', async () => {
    const order = imageOrder(['true']);
    whileCreating = () => change({ type: 'ADDED', pod: podOf(order, { status: done }) });
    await launcher.launch([order]);
    expect(kinds()).toEqual(['ended']);
    expect(book.occupying.size).toBe(0);
  });

  it('keeps the log of an image that has ended, before anybody may delete the pod', async () => {
    const order = imageOrder(['true']);
    await change({ type: 'ADDED', pod: podOf(order, { status: done }) });
    expect(ledger.lines(order.attemptId)).toEqual(['said']);
  });

  it('tells nothing of attempts that closed long ago, whose last events a restarted watch sees [F14 R3]', async () => {
    const order = imageOrder(['true']);
    ledger.closed.set(order.attemptId, 'succeeded');
    await change({ type: 'DELETED', pod: podOf(order, { status: done }) });
    expect(facts).toEqual([]);
  });

  it('concludes nothing from a pod that only left the selector [W13 F18]', async () => {
    const order = imageOrder(['true']);
    const pod = podOf(order, { status: running });
    present.set(nameOf(order), pod);
    await change({ type: 'ADDED', pod }, { type: 'LEFT', pod });
    expect(kinds()).toEqual([]);
    present.delete(nameOf(order));
    await change({ type: 'LEFT', pod });
    expect(kinds()).toEqual(['ended']);
  });

  it('tells a wait when it lasts, once a sentence', async () => {
    const order = imageOrder(['true']);
    await change({ type: 'ADDED', pod: podOf(order, { status: stuck }) });
    sweep.once();
    now += 3000;
    sweep.once();
    sweep.once();
    await sendWaits();
    expect(waits).toMatchObject([
      { kind: 'waiting', sentence: expect.stringContaining('no such image'), place: { name: nameOf(order) } },
    ]);
  });

  it('gives up what waits too long: the pod goes first, and its end tells the reason of the wait [P12]', async () => {
    const order = imageOrder(['true']);
    const pod = podOf(order, { status: stuck });
    await change({ type: 'ADDED', pod });
    now += 301_000;
    sweep.once();
    await Promise.resolve();
    expect(facts).toEqual([]);
    expect(deleted).toEqual([{ name: nameOf(order), uid: pod.uid }]);
    await change({
      type: 'DELETED',
      pod: podOf(order, { status: stuck, metadata: { deletionTimestamp: '2026-01-01T00:10:00Z' } }),
    });
    expect(facts).toMatchObject([
      { kind: 'ended', ending: { failure: { class: 'image', sentence: expect.stringContaining('ErrImagePull') } } },
    ]);
  });

  it('takes a pod for gone only after a 404 by name, never after an error [W14 W18 I21 P21]', async () => {
    const [gone, refused, young, there] = [imageOrder(['a']), imageOrder(['b']), imageOrder(['c']), imageOrder(['d'])];
    for (const order of [gone, refused, there]) ledger.opened(order, 120_000, true);
    ledger.opened(young, 30_000, true);
    present.set(nameOf(refused), 'error').set(nameOf(there), podOf(there, { status: running }));
    await list();
    expect(facts).toMatchObject([
      { kind: 'ended', attemptId: gone.attemptId, ending: { provenDead: false, failure: { class: 'disrupted' } } },
    ]);
  });

  it('tells the end of an image that nobody saw die with the time for which it is to be held, and a certain end after it [I03 P21]', async () => {
    beginAnew(60);
    const [forced, missing, proven] = [imageOrder(['a']), imageOrder(['b']), imageOrder(['c'])];
    ledger.opened(missing, 120_000, true);
    await list();
    await change({ type: 'DELETED', pod: podOf(forced, { status: running }) });
    await change({ type: 'DELETED', pod: podOf(forced, { status: running }) });
    await change({ type: 'DELETED', pod: podOf(proven, { status: running }) });
    await change({ type: 'DELETED', pod: podOf(proven, { status: done }) });
    const ending = { provenDead: false, failure: { class: 'disrupted' } };
    expect(facts).toMatchObject([
      { kind: 'ended', attemptId: missing.attemptId, holdSeconds: 60, ending },
      { kind: 'ended', attemptId: forced.attemptId, holdSeconds: 60, ending },
      { kind: 'ended', attemptId: proven.attemptId, holdSeconds: 60, ending },
      { kind: 'ended', attemptId: proven.attemptId, ending: { provenDead: true, failure: null } },
    ]);
    expect(facts.at(-1)).not.toHaveProperty('holdSeconds');
  });

  it('tells only the certain end of an image when both come in one batch', async () => {
    beginAnew(60);
    const order = imageOrder(['a']);
    await change(
      { type: 'DELETED', pod: podOf(order, { status: running }) },
      { type: 'DELETED', pod: podOf(order, { status: done }) },
    );
    expect(facts).toMatchObject([{ kind: 'ended', ending: { provenDead: true } }]);
    expect(facts).toHaveLength(1);
  });

  it('calls an attempt that nobody saw start never started, and gives other schedulers time to launch it [P21]', async () => {
    const order = imageOrder(['a']);
    ledger.opened(order, 120_000);
    await list();
    expect(facts).toEqual([]);
    ledger.opened(order, 200_000);
    await list();
    expect(facts).toMatchObject([{ ending: { failure: { class: 'never_started' } } }]);
  });

  it('raises an alarm when many pods are missing at once, and asks for each by name [I22 F17]', async () => {
    const orders = Array.from({ length: 6 }, () => imageOrder(['a']));
    for (const order of orders) ledger.opened(order, 120_000, true);
    await list();
    expect(alarms).toEqual([expect.stringMatching(/^6 of 6 open attempts have no pod/)]);
    expect(facts).toHaveLength(6);
  });

  it('concludes nothing from a list that leaves out many pods of which one exists [I22 F17]', async () => {
    const orders = Array.from({ length: 6 }, () => imageOrder(['a']));
    for (const order of orders) ledger.opened(order, 120_000, true);
    const [there] = orders as [Order];
    present.set(nameOf(there), podOf(there, { status: running }));
    await list();
    expect(facts).toEqual([]);
    expect(alarms.at(-1)).toMatch(/^1 of the 6 pods that the list left out exist/);
    present.clear();
    await list();
    expect(facts).toHaveLength(6);
  });

  it('keeps with a failure what the cluster said of the pod, unless it may not be read [P5]', async () => {
    const [told, untold] = [imageOrder(['a']), imageOrder(['b'])];
    const evicted = {
      phase: 'Failed',
      reason: 'Evicted',
      message: 'The node was low on resource: memory.',
      containerStatuses: [endedContainer(137)],
    };
    await change({ type: 'MODIFIED', pod: podOf(told, { status: evicted }) });
    await change({
      type: 'MODIFIED',
      pod: podOf(untold, { status: evicted, metadata: { uid: `forbidden-${untold.attemptId}` } }),
    });
    const details = facts.map((fact) => (fact.kind === 'ended' ? fact.ending.failure?.detail : null));
    expect(details[0]).toMatchObject({ reason: 'Evicted', events: [scheduled] });
    expect(details[1]).not.toHaveProperty('events');
  });

  it('concludes nothing of many pods that nobody is allowed to look at [I21 I22 W18]', async () => {
    const orders = Array.from({ length: 6 }, () => imageOrder(['a']));
    for (const order of orders) {
      ledger.opened(order, 120_000, true);
      present.set(nameOf(order), 'error');
    }
    await list();
    expect(facts).toEqual([]);
  });

  it('takes the end of a pod for its deletion when it had seen that asked for, whatever its last word says [P18]', async () => {
    const order = imageOrder(['true']);
    const asked = { deletionTimestamp: '2026-01-01T00:01:20Z', deletionGracePeriodSeconds: 30 };
    const removed = { deletionTimestamp: '2026-01-01T00:01:40Z', deletionGracePeriodSeconds: 0 };
    await change({ type: 'MODIFIED', pod: podOf(order, { status: running, metadata: asked }) });
    await change({ type: 'DELETED', pod: podOf(order, { status: done, metadata: removed }) });
    expect(facts).toMatchObject([{ ending: { provenDead: true, failure: { class: 'disrupted' } } }]);
  });

  it('tells the end of a pod that a finalizer keeps, once however often it is seen, and does not wait for it to go [F33]', async () => {
    const order = imageOrder(['true']);
    const kept = {
      deletionTimestamp: '2026-01-01T00:01:40Z',
      deletionGracePeriodSeconds: 0,
      finalizers: ['third/party'],
    };
    for (let seen = 0; seen < 3; seen += 1) {
      await change({ type: 'MODIFIED', pod: podOf(order, { status: done, metadata: kept }) });
    }
    expect(facts.filter(({ kind }) => kind === 'ended')).toHaveLength(1);
    expect(facts).toContainEqual(expect.objectContaining({ ending: expect.objectContaining({ provenDead: true }) }));
  });

  it('removes unknown pods of ours only when they are older than an hour [I39]', async () => {
    const [old, fresh] = [imageOrder(['a']), imageOrder(['b'])];
    ledger.unknown.add(old.attemptId).add(fresh.attemptId);
    const born = (age: number) => ({ creationTimestamp: new Date(now - age).toISOString() });
    await list(
      podOf(old, { status: done, metadata: born(2 * HOUR) }),
      podOf(fresh, { status: done, metadata: born(HOUR / 2) }),
    );
    expect(deleted.map(({ name }) => name)).toEqual([nameOf(old)]);
    expect(facts).toEqual([]);
  });

  it('keeps a failed pod, and removes one that still waits although its attempt has failed', async () => {
    const [failed, waiting] = [imageOrder(['a']), imageOrder(['b'])];
    ledger.closed.set(failed.attemptId, 'failed').set(waiting.attemptId, 'failed');
    await list(
      podOf(failed, { status: { phase: 'Failed', containerStatuses: [endedContainer(1)] } }),
      podOf(waiting, { status: stuck }),
    );
    expect(deleted.map(({ name }) => name)).toEqual([nameOf(waiting)]);
  });

  it('ignores the end of another object of the same name [I23 R3]', async () => {
    const order = imageOrder(['true']);
    const pod = podOf(order, { status: running });
    await change({ type: 'ADDED', pod }, { type: 'DELETED', pod: { ...pod, uid: 'another' } });
    expect(kinds()).toEqual([]);
  });

  it('comes to the same one end in whatever order, doubled, cut short and listed again the words on a pod come [I12 F12]', async () => {
    await fc.assert(
      fc.asyncProperty(story, fc.array(fc.nat(20), { maxLength: 12 }), fc.boolean(), async (words, order, relisted) => {
        beginAnew();
        const task = imageOrder(['true']);
        const all = words.map(({ status, metadata }) => podOf(task, { status, metadata }));
        const last = all.at(-1) as KubePod;
        for (const index of order) await change({ type: 'MODIFIED', pod: all[index % all.length] as KubePod });
        // Whatever was lost, the list or the last event comes in the end.
        if (relisted) await list(last);
        else await change({ type: 'DELETED', pod: last });
        for (const index of order) await change({ type: 'MODIFIED', pod: all[index % all.length] as KubePod });
        await change({ type: 'DELETED', pod: last });
        expect(kinds()).toEqual(['ended']);
        const [fact] = facts;
        expect(fact?.kind === 'ended' && (fact.ending.failure?.class ?? 'success')).toBe(words.at(-1)?.meaning);
      }),
      { numRuns: 200 },
    );
  });
});

interface Word {
  readonly status: object;
  readonly metadata?: object;
  /** What the end is, where the word says one. */
  readonly meaning?: string;
}

const waits: Word = { status: { phase: 'Pending', containerStatuses: [waitingContainer('ContainerCreating')] } };
const runs: Word = { status: { phase: 'Running', containerStatuses: [runningContainer()] } };
const asked = { deletionTimestamp: '2026-01-01T00:01:25Z', deletionGracePeriodSeconds: 30 };
const removed = { deletionTimestamp: '2026-01-01T00:01:01Z', deletionGracePeriodSeconds: 0 };
const ends = (exitCode: number, meaning: string, metadata: object = {}, parts: object = {}): Word => ({
  status: {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    containerStatuses: [endedContainer(exitCode, { ...parts })],
  },
  metadata,
  meaning,
});
/** What a cluster says of one pod, in its order; its last words mean the same end. */
const story = fc.constantFrom<readonly Word[]>(
  [waits, runs, ends(0, 'success')],
  [waits, ends(0, 'success'), ends(0, 'success', { deletionTimestamp: '2026-01-01T01:00:00Z' })],
  [waits, runs, ends(3, 'user_error')],
  [waits, runs, ends(137, 'out_of_memory', {}, { reason: 'OOMKilled' })],
  [waits, runs, { ...runs, metadata: asked }, ends(137, 'disrupted', asked), ends(137, 'disrupted', removed)],
  [waits, runs, { ...runs, metadata: asked }, ends(0, 'disrupted', asked), ends(0, 'disrupted', removed)],
);
