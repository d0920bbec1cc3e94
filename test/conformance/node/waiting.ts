import { describe, expect, it } from 'vitest';
import type { Loose } from '../../../packages/server/src/cluster/api/kubernetes-object.ts';
import type { Pod } from '../../../packages/server/src/cluster/pod.ts';
import { type ConformanceBench, words } from '../conformance-bench.ts';
import { statusOf } from './endings.ts';

/** Why pods wait, in the words a person reads, and that they go on once what they wait for is there. */
export function waitingPromises(bench: () => ConformanceBench): void {
  const waitingOf = (name: string, reason: RegExp) =>
    words(bench()).when(name, `waits with ${reason}`, (pod) => reason.test(statusOf(pod)?.state.waiting?.reason ?? ''));
  /** Whoever else changes the node meanwhile gives the scheduler other words for a while. */
  const saying = (text: string) => (pod: Pod) => Boolean(pod.status.conditions?.[0]?.message?.includes(text));
  const remove = (name: string, grace = 0) =>
    bench().session.send('DELETE', bench().pods(name), { body: { gracePeriodSeconds: grace } });
  const eventOf = (name: string, reason: string, message: RegExp) =>
    bench().eventually(`event ${reason} of ${name}`, async () => {
      const { uid } = (await bench().get(name)).metadata;
      const events = await bench().client.podEvents(bench().namespace, String(uid));
      return events.some((event) => event.reason === reason && message.test(event.message));
    });

  describe.concurrent('waiting', () => {
    it('a variable without its secret waits, says which, and heals when it comes', async () => {
      const { create, pod, container, when, make, log, name } = words(bench());
      const [one, secret] = [name('no-secret'), name('secret')];
      const env = [{ name: 'S', valueFrom: { secretKeyRef: { name: secret, key: 'key' } } }];
      await create(pod(one, { containers: [container('echo $S', { env })] }));
      const waiting = await waitingOf(one, /^CreateContainerConfigError$/);
      expect(waiting.status.phase).toBe('Pending');
      expect(statusOf(waiting)?.state.waiting?.message).toBe(`secret "${secret}" not found`);
      await make('secrets', secret, { stringData: { key: 'here' } });
      await when(one, 'has succeeded', ({ status }) => status.phase === 'Succeeded');
      expect(await log(one)).toBe('here\n');
    });

    it('a variable without its key says which', async () => {
      const { create, pod, container, make, name, namespace } = words(bench());
      const [one, config] = [name('no-key'), name('config')];
      await make('configmaps', config, { data: {} });
      const env = [{ name: 'S', valueFrom: { configMapKeyRef: { name: config, key: 'key' } } }];
      await create(pod(one, { containers: [container('true', { env })] }));
      const waiting = await waitingOf(one, /^CreateContainerConfigError$/);
      expect(statusOf(waiting)?.state.waiting?.message).toBe(
        `couldn't find key key in ConfigMap ${namespace}/${config}`,
      );
      await remove(one);
    });

    const roots: readonly [string, Loose, string][] = [
      ['whose image names no account', {}, 'container has runAsNonRoot and image will run as root'],
      ['that asks for root', { runAsUser: 0 }, "container's runAsUser breaks non-root policy"],
    ];
    it.each(roots)('a container %s does not start where it must not run as root', async (_what, user, sentence) => {
      const { create, pod, container, name, namespace } = words(bench());
      const one = name('no-root');
      await create(
        pod(one, {
          securityContext: { runAsNonRoot: true },
          containers: [container('true', { securityContext: user })],
        }),
      );
      const waiting = await waitingOf(one, /^CreateContainerConfigError$/);
      const { uid } = waiting.metadata;
      expect(statusOf(waiting)?.state.waiting?.message).toBe(
        `${sentence} (pod: "${one}_${namespace}(${uid})", container: base)`,
      );
      await remove(one);
    });

    it('a volume without its secret waits, tells so in an event, and heals when it comes', async () => {
      const { create, pod, container, when, make, log, name } = words(bench());
      const [one, secret] = [name('no-volume'), name('secret')];
      await create(
        pod(one, {
          containers: [container('cat /s/key', { volumeMounts: [{ name: 's', mountPath: '/s' }] })],
          volumes: [{ name: 's', secret: { secretName: secret } }],
        }),
      );
      await waitingOf(one, /^ContainerCreating$/);
      await eventOf(
        one,
        'FailedMount',
        new RegExp(`^MountVolume.SetUp failed for volume "s" : secret "${secret}" not found$`),
      );
      await make('secrets', secret, { stringData: { key: 'here' } });
      await when(one, 'has succeeded', ({ status }) => status.phase === 'Succeeded');
      expect(await log(one)).toBe('here');
    });

    const images: readonly [string, Loose, RegExp][] = [
      ['that may not be pulled', { image: 'localhost/gantry-none:1', imagePullPolicy: 'Never' }, /^ErrImageNeverPull$/],
      ['that cannot be pulled', { image: 'localhost/gantry-none:1' }, /^(ErrImagePull|ImagePullBackOff)$/],
      ['whose name is none', { image: 'Not/A:Name!' }, /^InvalidImageName$/],
    ];
    it.each(images)('an image %s keeps the pod Pending and names the image', async (_what, changes, reason) => {
      const { create, pod, container, name, gone } = words(bench());
      const one = name('image');
      await create(pod(one, { containers: [container('true', changes)] }));
      const waiting = await waitingOf(one, reason);
      expect(waiting.status.phase).toBe('Pending');
      expect(statusOf(waiting)?.state.waiting?.message).toContain(String(changes.image));
      // With its usual grace: there is nothing to wait for.
      await remove(one, 30);
      await gone(one);
    });

    it('a pod that asks for more than there is stays unscheduled and says what is missing', async () => {
      const { create, pod, container, when, session, pods, name } = words(bench());
      const one = name('too-big');
      await create(pod(one, { containers: [container('true', { resources: { requests: { cpu: '1000' } } })] }));
      const refused = await when(one, 'lacks room', saying('Insufficient cpu'));
      expect(refused.status).toMatchObject({
        phase: 'Pending',
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: expect.stringMatching(/^0\/\d+ nodes are available: \d+ Insufficient cpu\. /),
          },
        ],
      });
      await eventOf(one, 'FailedScheduling', /Insufficient cpu/);
      expect(await session.send('DELETE', pods(one))).toMatchObject({ code: 200 });
      expect(await session.send('GET', pods(one))).toMatchObject({ code: 404 });
    });

    it('a selector that no node matches is told', async () => {
      const { create, pod, when, name } = words(bench());
      const one = name('nowhere');
      await create(pod(one, { nodeSelector: { 'gantry.dev/none': 'x' } }));
      const refused = await when(one, 'is told', saying("node(s) didn't match Pod's node affinity/selector"));
      expect(refused.status.conditions?.[0]).toMatchObject({ reason: 'Unschedulable' });
      await remove(one);
    });

    it('a pod behind a gate waits and says so', async () => {
      const { create, pod, when, name } = words(bench());
      const one = name('gated');
      await create(pod(one, { schedulingGates: [{ name: 'gantry.dev/gate' }] }));
      const gated = await when(one, 'is gated', ({ status }) => (status.conditions ?? []).length > 0);
      expect(gated.status.conditions?.[0]).toMatchObject({
        type: 'PodScheduled',
        status: 'False',
        reason: 'SchedulingGated',
      });
      await remove(one);
    });

    it('a claim that is not there is told', async () => {
      const { create, pod, when, name } = words(bench());
      const one = name('no-claim');
      await create(pod(one, { volumes: [{ name: 'c', persistentVolumeClaim: { claimName: 'not-there' } }] }));
      const refused = await when(one, 'is unschedulable', ({ status }) => (status.conditions ?? []).length > 0);
      expect(refused.status.conditions?.[0]?.message).toContain('persistentvolumeclaim "not-there" not found');
      await remove(one);
    });

    it('a pod that runs tells its events', async () => {
      const { run } = words(bench());
      const { metadata } = await run('told', {});
      await eventOf(
        metadata.name,
        'Scheduled',
        new RegExp(`^Successfully assigned ${bench().namespace}/${metadata.name} to `),
      );
      await eventOf(metadata.name, 'Started', /./);
    });
  });
}
