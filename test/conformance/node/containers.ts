import { describe, expect, it } from 'vitest';
import { type ConformanceBench, words } from '../conformance-bench.ts';
import { statusOf } from './endings.ts';

const SHARED = { volumeMounts: [{ name: 'w', mountPath: '/w' }] };
const VOLUMES = [{ name: 'w', emptyDir: {} }];
/** Ends once the sidecar beside it is ready for its end. */
const AFTER_SIDECAR = 'while [ ! -e /w/up ]; do sleep 0.1; done';

/** Several containers in one pod: who waits for whom, and who ends whom. */
export function containerPromises(bench: () => ConformanceBench): void {
  describe.concurrent('containers of one pod', () => {
    it('init containers run one after the other before the others', async () => {
      const { run, container, log } = words(bench());
      const init = (name: string) =>
        container(`sleep 0.2; echo ${name} >> /w/order; echo ${name} says`, { name, ...SHARED });
      const pod = await run('inits', {
        initContainers: [init('first'), init('second')],
        containers: [container('cat /w/order', SHARED)],
        volumes: VOLUMES,
      });
      expect(pod.status.phase).toBe('Succeeded');
      expect(await log(pod.metadata.name, '?container=base')).toBe('first\nsecond\n');
      expect(await log(pod.metadata.name, '?container=second')).toBe('second says\n');
      expect(pod.status.initContainerStatuses).toMatchObject([
        { name: 'first', ready: true, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
        { name: 'second', ready: true, state: { terminated: { exitCode: 0 } } },
      ]);
    });

    it('an init container that fails ends the pod; those after it never run', async () => {
      const { run, container } = words(bench());
      const pod = await run('init-fails', {
        initContainers: [container('exit 128', { name: 'first' }), container('true', { name: 'second' })],
      });
      expect(pod.status.phase).toBe('Failed');
      expect(statusOf(pod, 'first')?.state.terminated).toMatchObject({ exitCode: 128, reason: 'Error' });
      for (const name of ['second', 'base'])
        expect(statusOf(pod, name)).toMatchObject({
          ready: false,
          restartCount: 0,
          state: { waiting: { reason: 'PodInitializing' } },
        });
      expect(pod.status.conditions?.find(({ type }) => type === 'Initialized')).toMatchObject({
        status: 'False',
        reason: 'ContainersNotInitialized',
        message: 'containers with incomplete status: [first second]',
      });
    });

    it('an init container of a pod that restarts is run again until it succeeds', async () => {
      const { run, container } = words(bench());
      const script = '[ -e /w/once ] || { touch /w/once; exit 1; }';
      const pod = await run('init-again', {
        restartPolicy: 'OnFailure',
        initContainers: [container(script, { name: 'first', ...SHARED })],
        volumes: VOLUMES,
      });
      expect(pod.status.phase).toBe('Succeeded');
      expect(statusOf(pod, 'first')).toMatchObject({ restartCount: 1, state: { terminated: { exitCode: 0 } } });
    });

    it('a native sidecar runs beside the others and is ended by SIGTERM after them', async () => {
      const { run, container, log } = words(bench());
      const sidecar = container(
        'trap "echo got TERM; exit 0" TERM; echo up; touch /w/up; while :; do sleep 0.1; done',
        {
          name: 'proxy',
          restartPolicy: 'Always',
          ...SHARED,
        },
      );
      const pod = await run('sidecar', {
        initContainers: [sidecar],
        containers: [container(AFTER_SIDECAR, SHARED)],
        volumes: VOLUMES,
      });
      expect(pod.status.phase).toBe('Succeeded');
      expect(statusOf(pod)?.state.terminated).toMatchObject({ exitCode: 0 });
      expect(statusOf(pod, 'proxy')?.state.terminated).toMatchObject({ exitCode: 0 });
      expect(await log(pod.metadata.name, '?container=proxy')).toBe('up\ngot TERM\n');
    });

    it("a sidecar's end says nothing of the pod's: one that must be killed leaves it Succeeded", async () => {
      const { run, container } = words(bench());
      const sidecar = container('trap "" TERM; touch /w/up; while :; do sleep 0.1; done', {
        name: 'deaf',
        restartPolicy: 'Always',
        ...SHARED,
      });
      const pod = await run('deaf-sidecar', {
        terminationGracePeriodSeconds: 1,
        initContainers: [sidecar],
        containers: [container(AFTER_SIDECAR, SHARED)],
        volumes: VOLUMES,
      });
      expect(pod.status.phase).toBe('Succeeded');
      expect(statusOf(pod, 'deaf')?.state.terminated).toMatchObject({ exitCode: 137 });
    });

    it('the others begin once a sidecar has passed its startup probe', async () => {
      const { run, container, log } = words(bench());
      const sidecar = container('sleep 1; touch /w/ready; while :; do sleep 0.1; done', {
        name: 'slow',
        restartPolicy: 'Always',
        startupProbe: { exec: { command: ['test', '-e', '/w/ready'] }, periodSeconds: 1, failureThreshold: 30 },
        ...SHARED,
      });
      const pod = await run('startup', {
        terminationGracePeriodSeconds: 1,
        initContainers: [sidecar],
        containers: [container('test -e /w/ready && echo it was ready', SHARED)],
        volumes: VOLUMES,
      });
      expect(pod.status.phase).toBe('Succeeded');
      expect(await log(pod.metadata.name, '?container=base')).toBe('it was ready\n');
    });

    it('a plain second container keeps the pod Running after the first has ended', async () => {
      const { create, pod, container, when, get, session, pods, name } = words(bench());
      const one = name('plain');
      const containers = [container('true'), container('sleep 600', { name: 'plain' })];
      await create(pod(one, { terminationGracePeriodSeconds: 1, containers }));
      await when(one, 'base has ended', (seen) => statusOf(seen)?.state.terminated !== undefined);
      const seen = await get(one);
      expect(seen.status.phase).toBe('Running');
      expect(statusOf(seen, 'plain')?.state.running).toBeDefined();
      expect(seen.status.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
        status: 'False',
        reason: 'ContainersNotReady',
        message: 'containers with unready status: [base]',
      });
      await session.send('DELETE', pods(one), { body: { gracePeriodSeconds: 0 } });
    });

    it('containers of one pod share its volumes and find each other on localhost', async () => {
      const { run, container, log } = words(bench());
      const server = `require('net').createServer((s) => s.end('hello\\n')).listen(0, '127.0.0.1', function () {
        require('fs').writeFileSync('/w/port.new', String(this.address().port));
        require('fs').renameSync('/w/port.new', '/w/port');
      }); setTimeout(() => process.exit(0), 60000);
      setInterval(() => require('fs').existsSync('/w/done') && process.exit(0), 50);`;
      const client = `const { existsSync, readFileSync, writeFileSync } = require('fs');
      const timer = setInterval(() => {
        if (!existsSync('/w/port')) return;
        clearInterval(timer);
        require('net').connect(Number(readFileSync('/w/port')), '127.0.0.1').on('data', (d) => {
          process.stdout.write(d); writeFileSync('/w/done', '');
        });
      }, 50);`;
      const pod = await run('together', {
        containers: [
          container('', { command: ['node', '-e', client], ...SHARED }),
          container('', { name: 'server', command: ['node', '-e', server], ...SHARED }),
        ],
        volumes: VOLUMES,
      });
      expect(pod.status.phase).toBe('Succeeded');
      expect(await log(pod.metadata.name, '?container=base')).toBe('hello\n');
    });
  });
}
