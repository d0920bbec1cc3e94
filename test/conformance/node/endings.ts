import { describe, expect, it } from 'vitest';
import type { ContainerStatus, Pod } from '../../../packages/server/src/cluster/pod.ts';
import { type ConformanceBench, words } from '../conformance-bench.ts';
import { asPod, type WatchedEvent } from '../kube-session.ts';

/** The status of a container of any kind, by its name. */
export function statusOf(pod: Pod, name = 'base'): ContainerStatus | undefined {
  const all = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])];
  return all.find((status) => status.name === name);
}

/** How pods end: by themselves, by deadlines, by limits, by restarts that stop. */
export function endingPromises(bench: () => ConformanceBench): void {
  const terminated = (pod: Pod, name = 'base') => statusOf(pod, name)?.state.terminated;

  describe.concurrent('endings', () => {
    it('exit code 0 is Succeeded and Completed, with its times, its node and its container', async () => {
      const pod = await words(bench()).run('good', {});
      expect(pod).toMatchObject({
        spec: { nodeName: expect.any(String) },
        status: {
          phase: 'Succeeded',
          startTime: expect.any(String),
          hostIP: expect.any(String),
          containerStatuses: [
            {
              name: 'base',
              ready: false,
              started: false,
              restartCount: 0,
              image: expect.any(String),
              imageID: expect.any(String),
              containerID: expect.stringMatching(/^\w+:\/\/\w+/),
              lastState: {},
              state: {
                terminated: {
                  exitCode: 0,
                  reason: 'Completed',
                  startedAt: expect.any(String),
                  finishedAt: expect.any(String),
                  containerID: expect.any(String),
                },
              },
            },
          ],
        },
      });
      const conditions = Object.fromEntries((pod.status.conditions ?? []).map((one) => [one.type, one]));
      expect(conditions).toMatchObject({
        PodScheduled: { status: 'True' },
        Initialized: { status: 'True', reason: 'PodCompleted' },
        Ready: { status: 'False', reason: 'PodCompleted' },
        ContainersReady: { status: 'False', reason: 'PodCompleted' },
      });
    });

    it('another exit code is Failed and Error', async () => {
      const { run, container } = words(bench());
      const pod = await run('bad', { containers: [container('echo boom >&2; exit 3')] });
      expect(pod.status.phase).toBe('Failed');
      expect(terminated(pod)).toMatchObject({ exitCode: 3, reason: 'Error' });
    });

    it('a signal from inside is 128 and its number', async () => {
      const { run, container } = words(bench());
      // The first process of a container cannot be killed from inside on a real node; its child can.
      const pod = await run('signal', { containers: [container('sh -c "kill -9 \\$\\$"; exit $?')] });
      expect(terminated(pod)).toMatchObject({ exitCode: 137, reason: 'Error' });
    });

    it('a pod with two plain containers fails when one of them fails', async () => {
      const { run, container } = words(bench());
      const pod = await run('two', { containers: [container('true'), container('exit 4', { name: 'other' })] });
      expect(pod.status.phase).toBe('Failed');
      expect(terminated(pod)).toMatchObject({ exitCode: 0 });
      expect(terminated(pod, 'other')).toMatchObject({ exitCode: 4 });
    });

    it('phases only go forward, and versions grow', async () => {
      const { session, pods, create, pod, container, name } = words(bench());
      const one = name('life');
      const { metadata } = await create(pod(one, { containers: [container('sleep 1')] }));
      const path = `${pods()}?watch=1&resourceVersion=${metadata.resourceVersion}&fieldSelector=metadata.name%3D${one}`;
      const phases = (events: readonly WatchedEvent[]) =>
        events.map(({ object }) => asPod({ body: object }).status.phase);
      const { events } = await session.watch(path, {
        until: (some) => phases(some).at(-1) === 'Succeeded',
        seconds: 60,
      });
      const order = ['Pending', 'Running', 'Succeeded'];
      const seen = phases(events).map((phase) => order.indexOf(phase));
      expect(seen).not.toContain(-1);
      expect([...seen].sort()).toEqual(seen);
      expect(seen).toContain(1);
    });

    it('memory above the limit is OOMKilled with 137', async () => {
      const { run, container } = words(bench());
      const eat = 'const a = []; for (;;) a.push(Buffer.alloc(8 << 20, 1));';
      const base = container('', { command: ['node', '-e', eat], resources: { limits: { memory: '96Mi' } } });
      const pod = await run('hungry', { containers: [base] });
      expect(pod.status.phase).toBe('Failed');
      expect(terminated(pod)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    });

    it('a deadline that passes is Failed and DeadlineExceeded', async () => {
      const { run, container } = words(bench());
      const containers = [container('sleep 600')];
      const pod = await run('late', { activeDeadlineSeconds: 1, terminationGracePeriodSeconds: 1, containers });
      expect(pod.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
      expect(terminated(pod)?.exitCode).toBeGreaterThan(128);
    });

    it('a program that is not there is a StartError with 128 and its name', async () => {
      const { run, container } = words(bench());
      const pod = await run('nothing', { containers: [container('', { command: ['no-such-program'] })] });
      expect(pod.status.phase).toBe('Failed');
      expect(terminated(pod)).toMatchObject({
        exitCode: 128,
        reason: 'StartError',
        message: expect.stringContaining('"no-such-program"'),
      });
    });

    it('what is left in the message file comes with the end, its last 4096 bytes', async () => {
      const { run, container } = words(bench());
      const short = await run('message', {
        containers: [container('printf "as it was" > /dev/termination-log; exit 1')],
      });
      expect(terminated(short)).toMatchObject({ exitCode: 1, message: 'as it was' });
      const write = 'i=0; while [ $i -lt 500 ]; do printf 0123456789; i=$((i+1)); done > /tmp/of-the-pod';
      const long = await run('long-message', {
        containers: [container(write, { terminationMessagePath: '/tmp/of-the-pod' })],
      });
      expect(terminated(long)?.message).toBe('0123456789'.repeat(500).slice(-4096));
    });

    it('the end of the log is the message of a container that failed and says so in its policy', async () => {
      const { run, container } = words(bench());
      const terminationMessagePolicy = 'FallbackToLogsOnError';
      const [bad, good] = await Promise.all(
        ['echo one; echo two; exit 1', 'echo one'].map((script) =>
          run('fallback', { containers: [container(script, { terminationMessagePolicy })] }),
        ),
      );
      expect(terminated(bad as Pod)?.message).toBe('one\ntwo\n');
      expect(terminated(good as Pod)).not.toHaveProperty('message');
    });

    it('OnFailure runs a container again in the same pod until it succeeds', async () => {
      const { run, container } = words(bench());
      const script = 'if [ -e /w/once ]; then exit 0; fi; touch /w/once; exit 5';
      const pod = await run('again', {
        restartPolicy: 'OnFailure',
        containers: [container(script, { volumeMounts: [{ name: 'w', mountPath: '/w' }] })],
        volumes: [{ name: 'w', emptyDir: {} }],
      });
      expect(pod.status.phase).toBe('Succeeded');
      expect(statusOf(pod)).toMatchObject({
        restartCount: 1,
        state: { terminated: { exitCode: 0 } },
        lastState: { terminated: { exitCode: 5 } },
      });
    });

    it('Always runs a container again although it succeeds, and the log of the run before can be read', async () => {
      const { create, pod, container, when, session, pods, name } = words(bench());
      const one = name('always');
      await create(pod(one, { restartPolicy: 'Always', containers: [container('echo here')] }));
      const again = await when(one, 'was restarted', (seen) => (statusOf(seen)?.restartCount ?? 0) > 0);
      expect(again.status.phase).toBe('Running');
      expect(statusOf(again)?.lastState.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
      expect(await session.send('GET', `${pods(one)}/log?previous=true`)).toMatchObject({ code: 200, text: 'here\n' });
      await session.send('DELETE', pods(one), { body: { gracePeriodSeconds: 0 } });
    });
  });
}
