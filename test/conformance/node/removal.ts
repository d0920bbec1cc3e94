import { describe, expect, it } from 'vitest';
import type { Loose } from '../../../packages/server/src/cluster/api/kubernetes-object.ts';
import type { Pod } from '../../../packages/server/src/cluster/pod.ts';
import { type ConformanceBench, words } from '../conformance-bench.ts';
import { asPod } from '../kube-session.ts';
import { statusOf } from './endings.ts';

/** How a pod that runs, or is about to, is taken away. */
export function removalPromises(bench: () => ConformanceBench): void {
  /** Starts a pod, waits until its log says `ready`, deletes it, and gives its last copy. */
  async function lastCopy(word: string, spec: Loose, container = 'base', grace?: number): Promise<Pod> {
    const { session, pods, create, pod, when, log, name } = words(bench());
    const one = name(word);
    const { metadata } = await create(pod(one, spec));
    await when(one, 'runs', (seen) => statusOf(seen, container)?.state.running !== undefined);
    await bench().eventually('it is ready', async () => (await log(one, `?container=${container}`)).includes('ready'));
    const path = `${pods()}?watch=1&resourceVersion=${metadata.resourceVersion}&fieldSelector=metadata.name%3D${one}`;
    await session.send('DELETE', pods(one), { body: grace === undefined ? {} : { gracePeriodSeconds: grace } });
    const { events } = await session.watch(path, { until: (some) => some.at(-1)?.type === 'DELETED', seconds: 60 });
    return asPod({ body: events.at(-1)?.object ?? null });
  }

  describe.concurrent('removal', () => {
    it('a container gets SIGTERM; the pod goes once it has ended, and its last copy says how', async () => {
      const { container } = words(bench());
      const script = 'trap "echo bye > /dev/termination-log; exit 7" TERM; echo ready; while :; do sleep 0.1; done';
      const last = await lastCopy('polite', { containers: [container(script)] });
      expect(last.status.phase).toBe('Failed');
      expect(last.metadata).toMatchObject({ deletionTimestamp: expect.any(String), deletionGracePeriodSeconds: 0 });
      expect(statusOf(last)?.state.terminated).toMatchObject({ exitCode: 7, message: 'bye\n' });
    });

    it('a container that ends with 0 on SIGTERM leaves a pod that Succeeded', async () => {
      const { container } = words(bench());
      const script = 'trap "exit 0" TERM; echo ready; while :; do sleep 0.1; done';
      const last = await lastCopy('smooth', { containers: [container(script)] });
      expect(last.status.phase).toBe('Succeeded');
      expect(statusOf(last)?.state.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
    });

    it('a container that does not listen is killed when the grace is over', async () => {
      const { container } = words(bench());
      const script = 'trap "" TERM; echo ready; while :; do sleep 0.1; done';
      const last = await lastCopy('deaf', { containers: [container(script)] }, 'base', 1);
      expect(last.status.phase).toBe('Failed');
      expect(statusOf(last)?.state.terminated).toMatchObject({ exitCode: 137, reason: 'Error' });
    });

    it('a preStop hook runs before SIGTERM', async () => {
      const { container } = words(bench());
      const script =
        'trap "cat /tmp/hook-$HOSTNAME > /dev/termination-log; rm /tmp/hook-$HOSTNAME; exit 0" TERM; echo ready; while :; do sleep 0.1; done';
      const lifecycle = {
        preStop: { exec: { command: ['sh', '-c', 'sleep 0.3; echo hooked > /tmp/hook-$HOSTNAME'] } },
      };
      const last = await lastCopy('hooked', { containers: [container(script, { lifecycle })] });
      expect(statusOf(last)?.state.terminated).toMatchObject({ exitCode: 0, message: 'hooked\n' });
    });

    it('a pod is deleted while its init container runs', async () => {
      const { container } = words(bench());
      const init = container('trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done', { name: 'init' });
      const last = await lastCopy('early', { initContainers: [init] }, 'init');
      expect(last.status.phase).toBe('Failed');
      expect(statusOf(last, 'init')?.state.terminated).toMatchObject({ exitCode: 9 });
      expect(statusOf(last)?.state.running).toBeUndefined();
    });

    it('sidecars are ended after the others', async () => {
      const { container } = words(bench());
      const shared = { volumeMounts: [{ name: 'w', mountPath: '/w' }] };
      const sidecar = container(
        'trap "cat /w/last > /dev/termination-log; exit 0" TERM; touch /w/up; while :; do sleep 0.1; done',
        {
          name: 'proxy',
          restartPolicy: 'Always',
          ...shared,
        },
      );
      const base = container(
        'trap "sleep 0.5; echo base is done > /w/last; exit 0" TERM; while [ ! -e /w/up ]; do sleep 0.1; done; echo ready; while :; do sleep 0.1; done',
        shared,
      );
      const last = await lastCopy('both', {
        initContainers: [sidecar],
        containers: [base],
        volumes: [{ name: 'w', emptyDir: {} }],
      });
      expect(statusOf(last, 'proxy')?.state.terminated).toMatchObject({ exitCode: 0, message: 'base is done\n' });
    });

    it('without grace the object goes at once, and its containers with it', async () => {
      const { session, pods, create, pod, container, when, name } = words(bench());
      const one = name('at-once');
      await create(pod(one, { containers: [container('trap "" TERM; while :; do sleep 0.1; done')] }));
      await when(one, 'runs', (seen) => statusOf(seen)?.state.running !== undefined);
      expect(await session.send('DELETE', pods(one), { body: { gracePeriodSeconds: 0 } })).toMatchObject({ code: 200 });
      expect(await session.send('GET', pods(one))).toMatchObject({ code: 404 });
    });
  });
}
