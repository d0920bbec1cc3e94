import { describe, expect, it } from 'vitest';
import { type ConformanceBench, words } from '../conformance-bench.ts';
import { versionOf } from '../kube-session.ts';

/** What a server-side dry run of a pod answers: preflight leans on it. */
export function dryRunPromises(bench: () => ConformanceBench): void {
  describe('dry runs', () => {
    it('a dry run is answered as the create would be, defaults and identity included, and leaves nothing', async () => {
      const { session, pods, unscheduled, name } = words(bench());
      const one = name('dry');
      const listed = versionOf((await session.send('GET', pods())).body);
      const answer = await session.send('POST', `${pods()}?dryRun=All`, { body: unscheduled(one) });
      expect(answer).toMatchObject({
        code: 201,
        body: {
          metadata: { name: one, namespace: bench().namespace, uid: expect.stringMatching(/^[0-9a-f-]{36}$/) },
          spec: { dnsPolicy: 'ClusterFirst', serviceAccountName: 'default' },
          status: { phase: 'Pending', qosClass: 'BestEffort' },
        },
      });
      expect(await session.send('GET', pods(one))).toMatchObject({ code: 404 });
      const watched = await session.watch(`${pods()}?watch=1&resourceVersion=${listed}&timeoutSeconds=1`, {
        seconds: 5,
      });
      expect(watched.events.filter(({ object }) => object.metadata.name === one)).toEqual([]);
    });

    it('a dry run is refused for what a create is refused for: shape, fields, account, namespace, a taken name', async () => {
      const { session, pods, pod, unscheduled, create, name } = words(bench());
      const dry = (body: unknown, path = pods()) => session.send('POST', `${path}?dryRun=All`, { body });
      const taken = name('taken');
      await create(unscheduled(taken));
      expect(await dry(pod(name('x'), { containers: 'many' }))).toMatchObject({ code: 400 });
      expect(await dry(pod(name('x'), { containers: [{ name: 'base' }] }))).toMatchObject({
        code: 422,
        body: { details: { causes: [{ reason: 'FieldValueRequired', field: 'spec.containers[0].image' }] } },
      });
      const account = await dry(pod(name('x'), { serviceAccountName: 'none' }));
      expect([account.code, account.text]).toEqual([403, expect.stringContaining('error looking up service account')]);
      expect(await dry(pod('none'), '/api/v1/namespaces/gantry-no-such/pods')).toMatchObject({
        code: 404,
        body: { details: { name: 'gantry-no-such', kind: 'namespaces' } },
      });
      expect(await dry(unscheduled(taken))).toMatchObject({ code: 409, body: { reason: 'AlreadyExists' } });
    });

    it('a dry run of any other kind is refused and creates nothing', async () => {
      const { session, pods, unscheduled, name } = words(bench());
      const one = name('dry');
      const answer = await session.send('POST', `${pods()}?dryRun=Some`, { body: unscheduled(one) });
      expect(answer).toMatchObject({ code: 422, body: { details: { causes: [{ field: 'dryRun' }] } } });
      expect(await session.send('GET', pods(one))).toMatchObject({ code: 404 });
    });
  });
}
