import { describe, expect, it } from 'vitest';
import { type ConformanceBench, words } from '../conformance-bench.ts';
import { namesOf, versionOf } from '../kube-session.ts';

/** Reading many objects: selectors, versions, pages. */
export function listPromises(
  bench: () => ConformanceBench,
  losesHistory: boolean,
  expireHistory: () => (() => void) | null,
): void {
  /** A path that lists the pods of one test only. */
  const listPath = (group: string, query = ''): string =>
    `${bench().pods()}?labelSelector=${encodeURIComponent(`group=${group}`)}${query}`;

  async function makeThree(word: string): Promise<{ group: string; names: readonly string[] }> {
    const { create, unscheduled, name } = words(bench());
    const group = name(word);
    const names = ['a', 'b', 'c'].map((letter) => `${group}-${letter}`);
    for (const [index, one] of names.entries())
      await create(
        unscheduled(one, {}, { labels: { group, letter: one.slice(-1), ...(index === 0 ? { first: '' } : {}) } }),
      );
    return { group, names };
  }

  describe('lists', () => {
    it('label selectors choose by equality, by set and by presence', async () => {
      const { group } = await makeThree('labels');
      const { session, pods } = words(bench());
      const table: readonly [string, string][] = [
        ['letter=a', 'a'],
        ['letter==a', 'a'],
        ['letter!=a', 'bc'],
        ['letter in (a,c)', 'ac'],
        ['letter notin (a, c)', 'b'],
        ['first', 'a'],
        ['!first', 'bc'],
        ['letter!=a,letter!=b', 'c'],
        ['letter=none', ''],
        ['other!=x', 'abc'],
      ];
      for (const [selector, letters] of table) {
        const query = `?labelSelector=${encodeURIComponent(`group=${group},${selector}`)}`;
        const names = namesOf((await session.send('GET', pods() + query)).body);
        expect([selector, names.map((name) => name.slice(-1)).join('')]).toEqual([selector, letters]);
      }
      expect(await session.send('GET', `${pods()}?labelSelector=a%20b`)).toMatchObject({ code: 400 });
    });

    it('field selectors choose by the fields that the API indexes, and refuse others', async () => {
      const { group, names } = await makeThree('fields');
      const [first = '', second = '', third = ''] = names;
      const { session, bindNowhere } = words(bench());
      await bindNowhere(second);
      const chosen = async (selector: string) =>
        namesOf((await session.send('GET', listPath(group, `&fieldSelector=${encodeURIComponent(selector)}`))).body);
      expect(await chosen(`metadata.name=${first}`)).toEqual([first]);
      expect(await chosen(`metadata.name!=${first}`)).toEqual([second, third]);
      expect(await chosen('spec.nodeName=nowhere')).toEqual([second]);
      expect(await chosen('spec.nodeName=')).toEqual([first, third]);
      expect(await chosen('status.phase=Pending,spec.nodeName!=nowhere')).toEqual([first, third]);
      expect(await chosen('status.phase!=Pending')).toEqual([]);
      expect(await session.send('GET', listPath(group, '&fieldSelector=spec.hostname%3Dx'))).toMatchObject({
        code: 400,
        body: { reason: 'BadRequest' },
      });
    });

    it('objects come in the order of their names, without kind and version, and the list has a version', async () => {
      const { group, names } = await makeThree('order');
      const { body } = await bench().session.send('GET', listPath(group));
      expect(body).toMatchObject({
        kind: 'PodList',
        apiVersion: 'v1',
        metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
      });
      expect(namesOf(body)).toEqual(names);
      const [item] = (body as unknown as { items: object[] }).items;
      expect(item).not.toHaveProperty('kind');
      expect(item).not.toHaveProperty('apiVersion');
    });

    it('pages are of one snapshot, whatever happens between them', async () => {
      const { group, names } = await makeThree('pages');
      const { session, create, unscheduled, pods } = words(bench());
      const page = async (token: string) =>
        (await session.send('GET', listPath(group, `&limit=1&continue=${encodeURIComponent(token)}`))).body;
      const tokenOf = (body: unknown) => (body as { metadata: { continue?: string } }).metadata.continue;
      const first = await page('');
      await session.send('DELETE', pods(names[1]));
      await create(unscheduled(`${group}-bb`, {}, { labels: { group } }));
      const pages = [first];
      // A selector may leave empty pages at the end.
      for (let token = tokenOf(first); token; token = tokenOf(pages.at(-1))) pages.push(await page(token));
      expect(pages.flatMap(namesOf)).toEqual(names);
      expect(new Set(pages.map(versionOf))).toEqual(new Set([versionOf(first)]));
    });

    it('how many are left is told where no selector hides it', async () => {
      const { make, session, root, name } = words(bench());
      for (let index = 0; index < 3; index += 1) await make('configmaps', name('many'), {});
      const whole = namesOf((await session.send('GET', `${root}/configmaps`)).body).length;
      expect((await session.send('GET', `${root}/configmaps?limit=2`)).body).toMatchObject({
        metadata: { remainingItemCount: whole - 2 },
      });
    });

    it('a continue token that is none, or beside a version, is 400', async () => {
      const { group } = await makeThree('token');
      const { session } = words(bench());
      expect(await session.send('GET', listPath(group, '&limit=1&continue=nonsense'))).toMatchObject({ code: 400 });
      const { body } = await session.send('GET', listPath(group, '&limit=1'));
      const token = encodeURIComponent((body as unknown as { metadata: { continue: string } }).metadata.continue);
      const both = `&limit=1&continue=${token}&resourceVersion=${versionOf(body)}`;
      expect(await session.send('GET', listPath(group, both))).toMatchObject({ code: 400 });
    });

    it('an exact older version shows what was there then', async () => {
      const { group, names } = await makeThree('exact');
      const { session, pods } = words(bench());
      const before = versionOf((await session.send('GET', listPath(group))).body);
      await session.send('DELETE', pods(names[0]));
      expect(namesOf((await session.send('GET', listPath(group))).body)).toEqual(names.slice(1));
      const exact = `&resourceVersion=${before}&resourceVersionMatch=Exact`;
      const { body } = await session.send('GET', listPath(group, exact));
      expect(namesOf(body)).toEqual(names);
      expect(versionOf(body)).toBe(before);
      const newer = `&resourceVersion=${before}&resourceVersionMatch=NotOlderThan`;
      expect(namesOf((await session.send('GET', listPath(group, newer))).body)).toEqual(names.slice(1));
    });

    it('a version of the future times out with its cause, and a version that is none is refused', async () => {
      const { session, pods } = words(bench());
      expect(await session.send('GET', `${pods()}?resourceVersion=999999999`)).toMatchObject({
        code: 504,
        body: { reason: 'Timeout', details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } },
      });
      const nonsense = await session.send('GET', `${pods()}?resourceVersion=x&resourceVersionMatch=Exact`);
      expect([400, 422]).toContain(nonsense.code);
    });

    it.skipIf(!losesHistory)(
      `once history is lost, an exact version and a continue token are Gone, the token with another for the rest${losesHistory ? '' : ' (skipped: history cannot be lost on order here)'}`,
      async () => {
        const { group, names } = await makeThree('gone');
        const { session } = words(bench());
        const { body } = await session.send('GET', listPath(group, '&limit=1'));
        const token = encodeURIComponent((body as unknown as { metadata: { continue: string } }).metadata.continue);
        await makeThree('later');
        expireHistory()?.();
        const exact = `&resourceVersion=${versionOf(body)}&resourceVersionMatch=Exact`;
        const old = await session.send('GET', listPath(group, exact));
        expect(old).toMatchObject({ code: 410, body: { kind: 'Status', reason: 'Expired', code: 410 } });
        expect(old.body?.metadata).not.toHaveProperty('continue');
        const expired = await session.send('GET', listPath(group, `&continue=${token}`));
        expect(expired).toMatchObject({
          code: 410,
          body: { reason: 'Expired', metadata: { continue: expect.any(String) } },
        });
        const rest = (expired.body as unknown as { metadata: { continue: string } }).metadata.continue;
        const others = await session.send('GET', listPath(group, `&continue=${encodeURIComponent(rest)}`));
        expect(namesOf(others.body)).toEqual(names.slice(1));
      },
    );
  });
}
