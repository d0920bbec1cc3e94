import { describe, expect, it } from 'vitest';
import { type ConformanceBench, words } from '../conformance-bench.ts';
import { versionOf, type WatchedEvent } from '../kube-session.ts';

/** Streams of changes, in all the ways they begin and end. */
export function watchPromises(
  bench: () => ConformanceBench,
  losesHistory: boolean,
  expireHistory: () => (() => void) | null,
): void {
  const watchPath = (group: string, query = ''): string =>
    `${bench().pods()}?watch=1&labelSelector=${encodeURIComponent(`group=${group}`)}${query}`;
  const label = (name: string, labels: object) =>
    bench().session.send('PATCH', bench().pods(name), {
      body: { metadata: { labels } },
      contentType: 'application/merge-patch+json',
    });
  const create = async (name: string, group: string): Promise<string> =>
    versionOf(await bench().create(bench().unscheduled(name, {}, { labels: { group } })));
  const seen = (events: readonly WatchedEvent[]) =>
    events.map(({ type, object }) => [type, (object.metadata as { name?: string }).name]);

  describe('watches', () => {
    it('from a version on, every later change comes, once and in order', async () => {
      const { session, pods, name } = words(bench());
      const [group, one, other] = [name('group'), name('one'), name('other')];
      const from = await create(one, group);
      const expected = [versionOf((await label(one, { a: '1' })).body), await create(other, group)];
      await session.send('DELETE', pods(one));
      const watched = await session.watch(watchPath(group, `&resourceVersion=${from}`), {
        until: (events) => events.some(({ type }) => type === 'DELETED'),
      });
      expect(watched.code).toBe(200);
      expect(seen(watched.events)).toEqual([
        ['MODIFIED', one],
        ['ADDED', other],
        ['MODIFIED', one],
        ['DELETED', one],
      ]);
      const versions = watched.events.map(({ object }) => versionOf(object));
      expect(versions.slice(0, 2)).toEqual(expected);
      expect([...versions].sort((left, right) => Number(left) - Number(right))).toEqual(versions);
      expect(new Set(versions).size).toBe(versions.length);
    });

    it.each(['', '&resourceVersion=0'])(
      'without a version ("%s") what is there comes first, as ADDED',
      async (query) => {
        const { session, name } = words(bench());
        const [group, one, other] = [name('group'), name('one'), name('other')];
        await create(one, group);
        const watched = await session.watch(watchPath(group, query), {
          until: (events) => events.length === 2,
          started: () => create(other, group),
        });
        expect(seen(watched.events)).toEqual([
          ['ADDED', one],
          ['ADDED', other],
        ]);
      },
    );

    it('changes come while the watch is open', async () => {
      const { session, name } = words(bench());
      const [group, one] = [name('group'), name('one')];
      const from = await create(one, group);
      const watched = await session.watch(watchPath(group, `&resourceVersion=${from}`), {
        until: (events) => events.length === 1,
        started: () => label(one, { a: '1' }),
      });
      expect(watched.events).toMatchObject([
        { type: 'MODIFIED', object: { kind: 'Pod', apiVersion: 'v1', metadata: { labels: { group, a: '1' } } } },
      ]);
    });

    it('an object that enters a selector is ADDED; one that leaves is DELETED as it was, with the new version', async () => {
      const { session, name } = words(bench());
      const [group, one] = [name('group'), name('one')];
      const from = await create(one, 'outside');
      await label(one, { group });
      const left = versionOf((await label(one, { group: null, late: '1' })).body);
      const { events } = await session.watch(watchPath(group, `&resourceVersion=${from}`), {
        until: (some) => some.length === 2,
      });
      expect(events).toMatchObject([
        { type: 'ADDED', object: { metadata: { name: one, labels: { group } } } },
        { type: 'DELETED', object: { metadata: { name: one, resourceVersion: left, labels: { group } } } },
      ]);
      expect(events[1]?.object.metadata).not.toHaveProperty('deletionTimestamp');
      expect(events[1]?.object.metadata.labels).not.toHaveProperty('late');
    });

    it('one object is watched by its name', async () => {
      const { session, pods, name } = words(bench());
      const [one, other] = [name('one'), name('other')];
      const from = await create(one, 'any');
      await create(other, 'any');
      await label(one, { a: '1' });
      const path = `${pods()}?watch=1&resourceVersion=${from}&fieldSelector=metadata.name%3D${one}`;
      const { events } = await session.watch(path, { until: (some) => some.length === 1 });
      expect(seen(events)).toEqual([['MODIFIED', one]]);
    });

    it('timeoutSeconds ends it by the server, without an error', async () => {
      const { session, name } = words(bench());
      const group = name('group');
      const from = await create(name('one'), group);
      const watched = await session.watch(watchPath(group, `&resourceVersion=${from}&timeoutSeconds=1`));
      expect(watched).toMatchObject({ code: 200, events: [], ended: true });
    });

    it('a bookmark comes before the end, with a version to go on from, and no pod in it', async () => {
      const { session, name } = words(bench());
      const group = name('group');
      const from = await create(name('one'), group);
      const path = watchPath(group, `&resourceVersion=${from}&allowWatchBookmarks=true&timeoutSeconds=5`);
      // There is something to tell only when the version has moved on.
      const watched = await session.watch(path, { started: () => create(name('outside'), 'another') });
      expect(watched.ended).toBe(true);
      const marks = watched.events.filter(({ type }) => type === 'BOOKMARK');
      expect(marks.length).toBeGreaterThan(0);
      expect(marks[0]).toMatchObject({
        object: {
          kind: 'Pod',
          metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
          spec: { containers: null },
        },
      });
      expect(Number(versionOf(marks[0]?.object))).toBeGreaterThanOrEqual(Number(from));
    });

    it('the initial events end with a marked bookmark when they are asked for', async () => {
      const { session, name } = words(bench());
      const [group, one] = [name('group'), name('one')];
      await create(one, group);
      const query = '&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
      const { events } = await session.watch(watchPath(group, query), { until: (some) => some.length === 2 });
      expect(events).toMatchObject([
        { type: 'ADDED', object: { metadata: { name: one } } },
        { type: 'BOOKMARK', object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } } },
      ]);
      expect(await session.send('GET', watchPath(group, '&sendInitialEvents=true'))).toMatchObject({ code: 422 });
    });

    it('a version of the future is 200 and silence, not an error', async () => {
      const { session, name } = words(bench());
      const group = name('group');
      const watched = await session.watch(watchPath(group, '&resourceVersion=999999999'), {
        seconds: 1,
        started: () => create(name('one'), group),
      });
      expect(watched).toMatchObject({ code: 200, events: [], ended: false });
    });

    it('only the metadata comes when it is asked for', async () => {
      const { session, name } = words(bench());
      const [group, one] = [name('group'), name('one')];
      await create(one, group);
      const { events } = await session.watch(watchPath(group), {
        until: (some) => some.length === 1,
        accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      });
      expect(events).toMatchObject([
        { type: 'ADDED', object: { kind: 'PartialObjectMetadata', metadata: { name: one } } },
      ]);
      expect(events[0]?.object).not.toHaveProperty('spec');
    });

    it.skipIf(!losesHistory)(
      `once history is lost, an old version is 200 and one ERROR of 410${losesHistory ? '' : ' (skipped: history cannot be lost on order here)'}`,
      async () => {
        const { session, name } = words(bench());
        const [group, one] = [name('group'), name('one')];
        const from = await create(one, group);
        const last = versionOf((await label(one, { a: '1' })).body);
        expireHistory()?.();
        const watched = await session.watch(watchPath(group, `&resourceVersion=${from}`));
        expect(watched).toMatchObject({
          code: 200,
          ended: true,
          events: [{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }],
        });
        const fresh = await session.watch(watchPath(group, `&resourceVersion=${last}`), {
          until: (some) => some.length === 1,
          started: () => label(one, { a: '2' }),
        });
        expect(seen(fresh.events)).toEqual([['MODIFIED', one]]);
      },
    );
  });
}
