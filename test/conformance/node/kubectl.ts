import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { findKubectl, type KubectlAnswer, kubectl } from '../../support/kubectl.ts';
import { type ConformanceBench, words } from '../conformance-bench.ts';

/** What people do by hand: the real kubectl against the place. */
export function kubectlPromises(bench: () => ConformanceBench): void {
  const program = findKubectl();
  const run = (parameters: readonly string[], input?: unknown): Promise<KubectlAnswer> =>
    kubectl(
      program as string,
      bench().kubeconfig,
      ['--namespace', bench().namespace, ...parameters],
      input === undefined ? '' : JSON.stringify(input),
    );
  const good = async (...all: Parameters<typeof run>): Promise<string> => {
    const { code, stdout, stderr } = await run(...all);
    if (code !== 0) throw new Error(`kubectl ${all[0].join(' ')} ended with ${code}: ${stderr}`);
    return stdout;
  };

  describe.skipIf(program === null).concurrent(`kubectl${program === null ? ' (skipped: none runs here)' : ''}`, () => {
    it('apply creates, changes and leaves alone', async () => {
      const { name, unscheduled } = words(bench());
      const one = name('applied');
      const pod = (labels: object) => unscheduled(one, {}, { labels });
      expect(await good(['apply', '-f', '-'], pod({ a: '1' }))).toBe(`pod/${one} created\n`);
      expect(await good(['apply', '-f', '-'], pod({ a: '1' }))).toBe(`pod/${one} unchanged\n`);
      expect(await good(['apply', '-f', '-'], pod({ a: '2' }))).toBe(`pod/${one} configured\n`);
      expect((await bench().get(one)).metadata.labels).toEqual({ a: '2' });
    });

    it('create of a taken name and a bad object fail with the reason', async () => {
      const { name, unscheduled } = words(bench());
      const one = name('created');
      await good(['create', '-f', '-'], unscheduled(one));
      expect(await run(['create', '-f', '-'], unscheduled(one))).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('(AlreadyExists)'),
      });
      expect(await run(['create', '-f', '-'], unscheduled(name('none'), { containers: [] }))).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('spec.containers: Required value'),
      });
    });

    it('get shows a table, names, fields and whole objects', async () => {
      const { name, metadataOf } = { ...words(bench()), metadataOf: (text: string) => JSON.parse(text).metadata };
      const { metadata } = await bench().run('shown', {}, { labels: { shown: name('label') } });
      const selector = ['-l', `shown=${metadata.labels?.shown}`];
      const [head = '', row = ''] = (await good(['get', 'pods', ...selector])).split('\n');
      expect(head.split(/\s+/)).toEqual(['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE']);
      expect(row.split(/\s+/).slice(0, 4)).toEqual([metadata.name, '0/1', 'Completed', '0']);
      expect((await good(['get', 'pods', '-o', 'wide', ...selector])).split('\n')[0]).toMatch(/ NODE +NOMINATED NODE /);
      expect(await good(['get', 'pods', '-o', 'name', ...selector])).toBe(`pod/${metadata.name}\n`);
      expect(await good(['get', 'pod', metadata.name, '-o', 'jsonpath={.status.phase}'])).toBe('Succeeded');
      expect(metadataOf(await good(['get', 'pod', metadata.name, '-o', 'json'])).uid).toBe(metadata.uid);
      expect(await run(['get', 'pod', 'none'])).toMatchObject({
        code: 1,
        stderr: 'Error from server (NotFound): pods "none" not found\n',
      });
      expect(await good(['get', 'nodes'])).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION\n\S+ +Ready /);
      for (const kind of ['events', 'secrets', 'configmaps', 'serviceaccounts', 'pvc', 'namespaces'])
        expect((await run(['get', kind])).code).toBe(0);
    });

    it('describe tells the pod, its containers and its events', async () => {
      const { metadata } = await bench().run('described', { containers: [bench().container('exit 3')] });
      await bench().eventually('its events', async () =>
        (await bench().client.podEvents(bench().namespace, String(metadata.uid))).some(
          ({ reason }) => reason === 'Started',
        ),
      );
      const shown = await good(['describe', 'pod', metadata.name]);
      expect(shown).toMatch(new RegExp(`^Name: +${metadata.name}\n`));
      expect(shown).toMatch(/\nStatus: +Failed\n/);
      expect(shown).toMatch(/\n +State: +Terminated\n +Reason: +Error\n +Exit Code: +3\n/);
      const events = shown.slice(shown.indexOf('\nEvents:\n'));
      for (const reason of ['Scheduled', 'Started']) expect(events).toContain(reason);
      expect(await good(['describe', 'node'])).toMatch(/^Name: /);
    });

    it('logs are read, followed, and asked for by container', async () => {
      const { container } = words(bench());
      const { metadata } = await bench().run('logged', {
        initContainers: [container('echo from init', { name: 'init' })],
        containers: [container('echo one; echo two')],
      });
      expect(await good(['logs', metadata.name, '-c', 'base'])).toBe('one\ntwo\n');
      expect(await good(['logs', metadata.name, '-c', 'base', '--tail=1'])).toBe('two\n');
      expect(await good(['logs', '-f', metadata.name, '-c', 'base'])).toBe('one\ntwo\n');
      expect(await good(['logs', metadata.name, '-c', 'init'])).toBe('from init\n');
      // In no certain order: kubectl asks for all of them at once.
      const all = await good(['logs', metadata.name, '--all-containers']);
      expect(all.split('\n').sort()).toEqual(['', 'from init', 'one', 'two']);
    });

    it('wait waits for a field and for the deletion', async () => {
      const { create, pod, container, name } = words(bench());
      const [one, slow] = [name('awaited'), name('leaving')];
      await create(pod(one, { containers: [container('sleep 0.5')] }));
      const field = '--for=jsonpath={.status.phase}=Succeeded';
      expect(await good(['wait', `pod/${one}`, '--timeout=60s', field])).toBe(`pod/${one} condition met\n`);
      // It takes its time to go, so that it is still there, on its way, when kubectl begins to wait.
      const lingers = "trap 'sleep 8; exit 0' TERM; echo ready; while :; do sleep 0.1; done";
      await create(pod(slow, { containers: [container(lingers)] }));
      await eventually(`${slow} says that it is ready`, async () =>
        (await run(['logs', slow])).stdout.includes('ready'),
      );
      await good(['delete', 'pod', slow, '--wait=false']);
      expect(await good(['wait', `pod/${slow}`, '--timeout=60s', '--for=delete'])).toBe(`pod/${slow} condition met\n`);
    });

    it('wait waits until a pod is ready; delete ends it with the asked-for grace and waits for that', async () => {
      const { create, pod, container, session, pods, name } = words(bench());
      const one = name('ready');
      await create(pod(one, { containers: [container('trap "" TERM; while :; do sleep 0.1; done')] }));
      await good(['wait', `pod/${one}`, '--for=condition=Ready', '--timeout=60s']);
      await good(['delete', 'pod', one, '--grace-period=1']);
      expect(await session.send('GET', pods(one))).toMatchObject({ code: 404 });
    });

    it('labels and annotations are set and removed', async () => {
      const { create, unscheduled, get, name } = words(bench());
      const one = name('labelled');
      await create(unscheduled(one));
      await good(['label', 'pod', one, 'a=1']);
      await good(['annotate', 'pod', one, 'gantry.dev/note=by hand']);
      expect((await get(one)).metadata).toMatchObject({
        labels: { a: '1' },
        annotations: { 'gantry.dev/note': 'by hand' },
      });
      await good(['label', 'pod', one, 'a-']);
      expect((await get(one)).metadata.labels ?? {}).toEqual({});
    });
  });
}
