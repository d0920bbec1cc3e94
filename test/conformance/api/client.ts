import { describe, expect, it } from 'vitest';
import type { Loose } from '../../../packages/server/src/cluster/api/kubernetes-object.ts';
import { type ConformanceBench, words } from '../conformance-bench.ts';

/** What Gantry's own client makes of the answers. */
export function clientPromises(bench: () => ConformanceBench): void {
  const bare = (pod: Loose): string => JSON.stringify(pod);

  describe("Gantry's client", () => {
    it('creates a pod and reads its identity; a second time the pod is there already', async () => {
      const { client, namespace, unscheduled, get, name } = words(bench());
      const one = name('client');
      const created = await client.createPod(namespace, bare(unscheduled(one)));
      const { uid, resourceVersion } = (await get(one)).metadata;
      expect(created.kind === 'created' && created.identity()).toEqual({ uid, resourceVersion });
      expect(await client.createPod(namespace, bare(unscheduled(one)))).toEqual({ kind: 'exists' });
    });

    it('says in one sentence, with the field, why a pod is refused', async () => {
      const { client, namespace, unscheduled } = words(bench());
      await expect(client.createPod(namespace, bare(unscheduled('Bad_Name')))).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringContaining('metadata.name'),
      });
    });

    it('reads a pod, and null where there is none', async () => {
      const { client, namespace, create, unscheduled, name } = words(bench());
      const { metadata } = await create(unscheduled(name('read')));
      expect(await client.getPod(namespace, metadata.name)).toMatchObject({ name: metadata.name, uid: metadata.uid });
      expect(await client.getPod(namespace, 'none')).toBeNull();
    });

    it('deletes a pod by uid only if it is that pod', async () => {
      const { client, namespace, create, unscheduled, name } = words(bench());
      const { metadata } = await create(unscheduled(name('deleted')));
      const uid = String(metadata.uid);
      expect(await client.deletePod(namespace, metadata.name, { uid: 'b1a8c0de-0000-4000-8000-000000000000' })).toBe(
        'other',
      );
      expect(await client.deletePod(namespace, metadata.name, { uid })).toBe('accepted');
      expect(await client.deletePod(namespace, metadata.name, { uid })).toBe('gone');
    });

    it('lists page by page at one version', async () => {
      const { client, namespace, create, unscheduled, name } = words(bench());
      const group = name('pages');
      for (let index = 0; index < 3; index += 1) await create(unscheduled(name('page'), {}, { labels: { group } }));
      const labelSelector = `group=${group}`;
      const first = await client.listPods(namespace, { labelSelector, limit: 2 });
      const second = await client.listPods(namespace, { labelSelector, limit: 2, continueToken: first.continueToken });
      expect([first.pods.length, second.pods.length, second.continueToken]).toEqual([2, 1, null]);
      expect(second.resourceVersion).toBe(first.resourceVersion);
    });

    it('knows the cluster, its version, its namespaces and its own rights', async () => {
      const { client, namespace } = words(bench());
      expect(await client.clusterId()).toMatch(/^[0-9a-f-]{36}$/);
      expect((await client.version()).major).toBe(1);
      expect(await client.namespaceExists(namespace)).toBe(true);
      expect(await client.namespaceExists('gantry-no-such')).toBe(false);
      expect(await client.isAllowed({ verb: 'create', resource: 'pods', namespace })).toBe(true);
    });

    it('reads the events of a pod', async () => {
      const { client, make, create, unscheduled, name, namespace } = words(bench());
      const { metadata } = await create(unscheduled(name('events')));
      const involvedObject = { kind: 'Pod', namespace, name: metadata.name, uid: metadata.uid, apiVersion: 'v1' };
      const said = { reason: 'Tested', message: 'by the suite', type: 'Warning', source: { component: 'suite' } };
      await make('events', name('event'), { involvedObject, ...said, count: 2 });
      await make('events', name('event'), { involvedObject: { ...involvedObject, uid: 'another' }, ...said });
      expect(await client.podEvents(namespace, String(metadata.uid))).toMatchObject([
        { type: 'Warning', reason: 'Tested', message: 'by the suite', count: 2, source: 'suite' },
      ]);
    });
  });
}
