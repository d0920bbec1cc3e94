import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { words } from '../../../../test/conformance/conformance-bench.ts';
import { asPod, type WatchedEvent } from '../../../../test/conformance/kube-session.ts';
import type { Pod } from './pod.ts';
import { openTestingCluster, type TestingCluster } from './testing-cluster.ts';

describe('faults that a test orders', () => {
  let testing: TestingCluster;
  beforeAll(async () => {
    testing = await openTestingCluster();
  });
  afterAll(() => testing.close());

  const conditionOf = (pod: Pod) => pod.status.conditions?.find(({ type }) => type === 'DisruptionTarget');
  async function running(word: string, script = 'sleep 600'): Promise<string> {
    const { create, pod, container, when, name } = words(testing.bench);
    const one = name(word);
    await create(pod(one, { terminationGracePeriodSeconds: 1, containers: [container(script)] }));
    await when(one, 'runs', ({ status }) => status.containerStatuses?.[0]?.state.running !== undefined);
    return one;
  }
  const watchOf = (name: string) =>
    `${testing.bench.pods()}?watch=1&fieldSelector=metadata.name%3D${encodeURIComponent(name)}`;

  it('as many creations fail as were ordered, with code, reason and Retry-After', async () => {
    const { session, pods, unscheduled, name } = words(testing.bench);
    testing.cluster.script.failCreates(2, 429, 'TooManyRequests');
    const create = () => session.send('POST', pods(), { body: unscheduled(name('refused')) });
    for (let index = 0; index < 2; index += 1)
      expect(await create()).toMatchObject({
        code: 429,
        body: { kind: 'Status', reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } },
      });
    expect(await create()).toMatchObject({ code: 201 });
  });

  it('other requests go on while creations are refused', async () => {
    const { session, pods, unscheduled, name } = words(testing.bench);
    testing.cluster.script.failCreates(1, 500, 'InternalError');
    expect(await session.send('GET', pods())).toMatchObject({ code: 200 });
    expect(await session.send('POST', pods(), { body: unscheduled(name('refused')) })).toMatchObject({ code: 500 });
  });

  it('a cut watch breaks without a word', async () => {
    const { session, create, unscheduled, name } = words(testing.bench);
    const one = name('cut');
    await create(unscheduled(one));
    const watching = session.watch(watchOf(one), { started: () => testing.cluster.script.cutWatches() });
    await expect(watching).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('a lost pod is gone, and no watch from before tells it', async () => {
    const { session, gone, namespace, get } = words(testing.bench);
    const one = await running('lost');
    const { resourceVersion } = (await get(one)).metadata;
    testing.cluster.script.loseDelete(namespace, one);
    await gone(one);
    const { events } = await session.watch(`${watchOf(one)}&resourceVersion=${resourceVersion}`);
    expect(events).toMatchObject([{ type: 'ERROR', object: { code: 410 } }]);
  });

  it('a stopped kubelet begins and tells nothing; what ended meanwhile is told when it is back', async () => {
    const { create, pod, get, when, container, name } = words(testing.bench);
    const ending = await running('ending', 'sleep 0.3');
    testing.cluster.script.stopKubelet();
    const waiting = name('waiting');
    await create(pod(waiting, { containers: [container('true')] }));
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect((await get(ending)).status.phase).toBe('Running');
    expect((await get(waiting)).status.phase).toBe('Pending');
    testing.cluster.script.startKubelet();
    const isDone = ({ status }: Pod): boolean => status.phase === 'Succeeded';
    await Promise.all([when(ending, 'has ended', isDone), when(waiting, 'has ended', isDone)]);
  });

  it('an eviction for pressure leaves the pod Failed with its cause', async () => {
    const { when, namespace } = words(testing.bench);
    const one = await running('evicted');
    testing.cluster.script.evictByPressure(namespace, one);
    const pod = await when(one, 'has ended', ({ status }) => status.phase === 'Failed');
    expect(pod.status.reason).toBe('Evicted');
    expect(conditionOf(pod)).toMatchObject({ status: 'True', reason: 'TerminationByKubelet' });
  });

  it('a preemption marks the pod, then deletes it', async () => {
    const { session, namespace } = words(testing.bench);
    const one = await running('preempted');
    const { events } = await session.watch(watchOf(one), {
      until: (some) => some.at(-1)?.type === 'DELETED',
      started: () => testing.cluster.script.preempt(namespace, one),
    });
    const last = asPod({ body: (events.at(-1) as WatchedEvent).object });
    expect(last.metadata.deletionTimestamp).toBeDefined();
    expect(conditionOf(last)).toMatchObject({ status: 'True', reason: 'PreemptionByScheduler' });
  });

  it('pods of a lost node stay Running, marked, and new ones wait, until it is back', async () => {
    const { session, create, pod, get, gone, when, name } = words(testing.bench);
    const one = await running('stranded');
    testing.cluster.script.loseNode();
    const [node] = ((await session.send('GET', '/api/v1/nodes')).body?.items ?? []) as readonly { status: object }[];
    expect(node?.status).toMatchObject({ conditions: [{ type: 'Ready', status: 'Unknown' }] });
    const stranded = await get(one);
    expect(stranded.status.phase).toBe('Running');
    expect(stranded.metadata.deletionTimestamp).toBeDefined();
    expect(conditionOf(stranded)).toMatchObject({ reason: 'DeletionByTaintManager' });
    const next = name('next');
    await create(pod(next));
    expect((await get(next)).spec.nodeName).toBeUndefined();
    testing.cluster.script.startKubelet();
    await gone(one);
    await when(next, 'has ended', ({ status }) => status.phase === 'Succeeded');
  });
});
