import { describe, expect, it } from 'vitest';
import { type ConformanceBench, words } from '../conformance-bench.ts';

/** Logs of containers, while they run and after. */
export function logPromises(bench: () => ConformanceBench): void {
  describe.concurrent('logs', () => {
    it('both streams are there, in order, and can be cut', async () => {
      const { run, container, log } = words(bench());
      const script =
        'for i in 1 2 3; do echo line $i; sleep 0.1; echo error $i >&2; sleep 0.1; done; printf "no newline"';
      const { metadata } = await run('lines', { containers: [container(script)] });
      const whole = 'line 1\nerror 1\nline 2\nerror 2\nline 3\nerror 3\nno newline';
      expect(await log(metadata.name)).toBe(whole);
      expect(await log(metadata.name, '?tailLines=2')).toBe('error 3\nno newline');
      expect(await log(metadata.name, '?tailLines=0')).toBe('');
      expect(await log(metadata.name, '?limitBytes=9')).toBe(whole.slice(0, 9));
      expect(await log(metadata.name, '?sinceSeconds=3600')).toBe(whole);
      expect(await log(metadata.name, '?sinceTime=2100-01-01T00:00:00Z')).toBe('');
      expect(await log(metadata.name, '?follow=true')).toBe(whole);
      const stamped = await log(metadata.name, '?timestamps=true');
      expect(stamped.split('\n')[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z line 1$/);
    });

    it('a line of any length comes whole', async () => {
      const { run, container, log } = words(bench());
      const write = "process.stdout.write('x'.repeat(70000) + '\\nend\\n')";
      const { metadata } = await run('wide', { containers: [container('', { command: ['node', '-e', write] })] });
      expect(await log(metadata.name)).toBe(`${'x'.repeat(70_000)}\nend\n`);
    });

    it('following gives lines as they come, and ends with the container', async () => {
      const { client, create, pod, container, when, name, namespace } = words(bench());
      const one = name('followed');
      const script = 'echo first; while [ ! -e /w/go ]; do sleep 0.1; done; echo last';
      const shared = { volumeMounts: [{ name: 'w', mountPath: '/w' }] };
      const signaller = container('sleep 1; touch /w/go', { name: 'other', ...shared });
      await create(
        pod(one, { containers: [container(script, shared), signaller], volumes: [{ name: 'w', emptyDir: {} }] }),
      );
      await when(one, 'runs', ({ status }) => status.phase !== 'Pending');
      const pieces: string[] = [];
      const signal = new AbortController().signal;
      for await (const piece of await client.followLogs(namespace, one, { container: 'base', signal }))
        pieces.push(piece.toString('utf8'));
      expect(pieces.join('')).toBe('first\nlast\n');
    });

    it('the container must be named where there are several, and must exist', async () => {
      const { run, container, session, pods } = words(bench());
      const { metadata } = await run('several', {
        containers: [container('echo one'), container('echo two', { name: 'other' })],
      });
      const path = `${pods(metadata.name)}/log`;
      expect(await session.send('GET', path)).toMatchObject({
        code: 400,
        body: {
          message: `a container name must be specified for pod ${metadata.name}, choose one of: [base other]`,
        },
      });
      expect(await session.send('GET', `${path}?container=other`)).toMatchObject({ code: 200, text: 'two\n' });
      expect(await session.send('GET', `${path}?container=none`)).toMatchObject({
        code: 400,
        body: { message: `container none is not valid for pod ${metadata.name}` },
      });
      expect(await session.send('GET', `${path}?container=base&previous=true`)).toMatchObject({ code: 400 });
    });

    it('a container that has not begun has no log, and says why', async () => {
      const { create, pod, container, when, session, pods, name } = words(bench());
      const one = name('unbegun');
      await create(
        pod(one, { containers: [container('true', { image: 'localhost/gantry-none:1', imagePullPolicy: 'Never' })] }),
      );
      await when(
        one,
        'waits',
        ({ status }) => status.containerStatuses?.[0]?.state.waiting?.reason === 'ErrImageNeverPull',
      );
      const answer = await session.send('GET', `${pods(one)}/log`);
      expect(answer).toMatchObject({
        code: 400,
        body: {
          reason: 'BadRequest',
          message: expect.stringMatching(/^container "base" in pod "\S+" is waiting to start: .*/),
        },
      });
      await session.send('DELETE', pods(one), { body: { gracePeriodSeconds: 0 } });
    });
  });
}
