import { describe, expect, it } from 'vitest';
import { type ConformanceBench, words } from '../conformance-bench.ts';
import { namesOf } from '../kube-session.ts';

/** How objects go: at once, with grace, on conditions. */
export function deletionPromises(bench: () => ConformanceBench): void {
  /** A pod on a node that nobody runs, so that its deletion waits for a kubelet that never speaks. */
  async function bound(word: string, spec: object = {}) {
    const { create, unscheduled, bindNowhere, get, name } = words(bench());
    const one = name(word);
    await create(unscheduled(one, { ...spec }));
    await bindNowhere(one);
    return get(one);
  }
  const remove = (name: string, body: object) => bench().session.send('DELETE', bench().pods(name), { body });

  describe('deletion', () => {
    const atOnce: readonly [string, (name: string) => Promise<unknown>, object][] = [
      ['an unbound pod', async () => undefined, {}],
      ['a bound pod without grace', (name) => bench().bindNowhere(name), { gracePeriodSeconds: 0 }],
      [
        'a pod that has ended',
        async (name) => {
          await bench().bindNowhere(name);
          await bench().session.send('PATCH', `${bench().pods(name)}/status`, {
            body: { status: { phase: 'Failed' } },
            contentType: 'application/merge-patch+json',
          });
        },
        {},
      ],
    ];
    it.each(atOnce)(
      '%s goes at once: the answer is the pod, and watchers see it marked, then gone',
      async (_, prepare, body) => {
        const { session, pods, create, unscheduled, name, get } = words(bench());
        const one = name('at-once');
        await create(unscheduled(one));
        await prepare(one);
        const { metadata } = await get(one);
        const marked = {
          name: one,
          uid: metadata.uid,
          deletionTimestamp: expect.any(String),
          deletionGracePeriodSeconds: 0,
        };
        expect(await remove(one, body)).toMatchObject({ code: 200, body: { kind: 'Pod', metadata: marked } });
        expect(await session.send('GET', pods(one))).toMatchObject({ code: 404 });
        const path = `${pods()}?watch=1&resourceVersion=${metadata.resourceVersion}&fieldSelector=metadata.name%3D${one}`;
        const { events } = await session.watch(path, { until: (some) => some.some(({ type }) => type === 'DELETED') });
        expect(events).toMatchObject([
          { type: 'MODIFIED', object: { metadata: marked } },
          { type: 'DELETED', object: { metadata: marked } },
        ]);
      },
    );

    it('a bound pod is marked with its own grace and stays until its node confirms', async () => {
      const { session, pods, get } = words(bench());
      const { metadata } = await bound('graceful', { terminationGracePeriodSeconds: 7 });
      const marked = {
        uid: metadata.uid,
        deletionGracePeriodSeconds: 7,
        deletionTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      };
      expect(await session.send('DELETE', pods(metadata.name))).toMatchObject({
        code: 200,
        body: { metadata: marked },
      });
      expect((await get(metadata.name)).metadata).toMatchObject(marked);
      await remove(metadata.name, { gracePeriodSeconds: 0 });
    });

    it('the grace that is asked for wins; a later shorter one counts, a later longer one does not', async () => {
      const { get } = words(bench());
      const { name } = (await bound('shorter')).metadata;
      const graceOf = async () => (await get(name)).metadata.deletionGracePeriodSeconds;
      await remove(name, { gracePeriodSeconds: 20 });
      expect(await graceOf()).toBe(20);
      await remove(name, { gracePeriodSeconds: 5 });
      expect(await graceOf()).toBe(5);
      await remove(name, { gracePeriodSeconds: 60 });
      expect(await graceOf()).toBe(5);
      await remove(name, { gracePeriodSeconds: 0 });
    });

    it('a precondition that does not hold is a conflict, and nothing happens', async () => {
      const { create, unscheduled, get, name } = words(bench());
      const one = name('precondition');
      const { metadata } = await create(unscheduled(one));
      for (const preconditions of [{ uid: 'b1a8c0de-0000-4000-8000-000000000000' }, { resourceVersion: '1' }])
        expect(await remove(one, { preconditions })).toMatchObject({ code: 409, body: { reason: 'Conflict' } });
      expect((await get(one)).metadata.uid).toBe(metadata.uid);
      expect(await remove(one, { preconditions: { uid: metadata.uid } })).toMatchObject({ code: 200 });
    });

    it('a collection is deleted by selector', async () => {
      const { session, pods, create, unscheduled, name } = words(bench());
      const group = name('collection');
      for (const keep of ['yes', 'no', 'no'])
        await create(unscheduled(name('member'), {}, { labels: { group, keep } }));
      const answer = await session.send(
        'DELETE',
        `${pods()}?labelSelector=${encodeURIComponent(`group=${group},keep=no`)}`,
      );
      expect(answer).toMatchObject({ code: 200, body: { kind: 'PodList' } });
      expect(namesOf(answer.body)).toHaveLength(2);
      const left = await session.send('GET', `${pods()}?labelSelector=group%3D${group}`);
      expect((left.body as unknown as { items: object[] }).items).toMatchObject([
        { metadata: { labels: { keep: 'yes' } } },
      ]);
    });

    it('other objects go at once, and the answer is a success', async () => {
      const { session, root, make, name } = words(bench());
      const one = name('config');
      await make('configmaps', one, { data: {} });
      expect(await session.send('DELETE', `${root}/configmaps/${one}`)).toMatchObject({
        code: 200,
        body: { kind: 'Status', status: 'Success', details: { name: one, kind: 'configmaps' } },
      });
    });

    it('an eviction marks the pod with its cause', async () => {
      const { session, pods, get } = words(bench());
      const { name } = (await bound('evicted')).metadata;
      await session.send('PATCH', `${pods(name)}/status`, {
        body: { status: { phase: 'Running' } },
        contentType: 'application/merge-patch+json',
      });
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
      expect(await session.send('POST', `${pods(name)}/eviction`, { body })).toMatchObject({ code: 201 });
      const { metadata, status } = await get(name);
      expect(metadata.deletionTimestamp).toBeDefined();
      expect(status.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
        status: 'True',
        reason: 'EvictionByEvictionAPI',
      });
      await remove(name, { gracePeriodSeconds: 0 });
    });
  });
}
