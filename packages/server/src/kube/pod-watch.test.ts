import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  bookmark,
  event,
  hangUp,
  json,
  list,
  refuse,
  ScriptedKubeApi,
  status,
  stream,
} from '../../../../test/support/scripted-kube-api.ts';
import { podObject, RunningWatch } from '../../../../test/support/watch-harness.ts';
import type { PodWatchOptions, PodWatchRun } from './pod-watch.ts';

let api: ScriptedKubeApi;
let watches: RunningWatch[] = [];

beforeEach(async () => {
  api = await ScriptedKubeApi.start();
});

afterEach(async () => {
  await Promise.all(watches.map((watch) => watch.stop()));
  watches = [];
  await api.stop();
});

function start(options: PodWatchOptions = {}, run: Partial<Omit<PodWatchRun, 'signal'>> = {}): RunningWatch {
  const watch = new RunningWatch(api, options, run);
  watches.push(watch);
  return watch;
}

const added = (name: string, version: string): string => event('ADDED', podObject(name, version));
const modified = (name: string, version: string): string => event('MODIFIED', podObject(name, version));
const deleted = (name: string, version: string): string =>
  event('DELETED', podObject(name, version, { deletionTimestamp: '2026-01-01T00:00:00Z' }));
const expired = event('ERROR', status(410, 'Expired'));
const from = (resourceVersion: string) => ({ from: { resourceVersion, clusterId: 'cluster-1' } });
const versions = (): (string | null)[] => api.queries('watch').map((query) => query.get('resourceVersion'));

describe('the first list and the watch after it', () => {
  it('lists pages of one snapshot without a version, and watches from the version of that list [W2 W3 W21 F16]', async () => {
    api.next('list', list('50', [podObject('a', '10')], 'token-1'), list('50', [podObject('b', '20')]));
    const watch = start({ pageSize: 1 });
    await watch.until('a watch', () => api.queries('watch').length === 1);
    await watch.until('the list', () => watch.lists.length === 1);
    expect(watch.lists).toEqual(['start: a@10 b@20']);
    const [first, second] = api.queries('list');
    expect([first?.get('limit'), first?.get('continue'), first?.get('resourceVersion')]).toEqual(['1', null, null]);
    expect(second?.get('continue')).toBe('token-1');
    const asked = api.queries('watch')[0]!;
    expect(asked.get('resourceVersion')).toBe('50');
    expect(asked.get('allowWatchBookmarks')).toBe('true');
    expect(asked.get('labelSelector')).toBe('app=sample');
    expect(Number(asked.get('timeoutSeconds'))).toBe(300);
    expect(asked.has('sendInitialEvents')).toBe(false); // W21
  });

  it('never watches from version 0 or none [W5]', async () => {
    api.next('list', list('7'));
    const watch = start({}, from('0'));
    await watch.until('a watch', () => api.queries('watch').length === 1);
    expect(versions()).toEqual(['7']);
  });

  it('starts again when the pages expire, the second time without pages [W15 F03]', async () => {
    api.next(
      'list',
      list('50', [podObject('a', '10')], 'token-1'),
      refuse(410, 'Expired', { metadata: { continue: 'inconsistent' } }),
      list('60', [podObject('a', '10'), podObject('b', '55')]),
    );
    const watch = start({ pageSize: 1 });
    await watch.until('the list', () => watch.lists.length === 1);
    expect(watch.lists).toEqual(['start: a@10 b@55']);
    expect(api.queries('list').map((query) => [query.get('limit'), query.get('continue')])).toEqual([
      ['1', null],
      ['1', 'token-1'],
      [null, null],
    ]);
  });

  it('takes neither an error nor an answer without items for "no pods" [W18 F17]', async () => {
    api.next('list', json(200, { kind: 'PodList', metadata: { resourceVersion: '5' }, items: 'none' }), hangUp, hangUp);
    api.next('list', refuse(403, 'Forbidden'), refuse(403, 'Forbidden'), refuse(403, 'Forbidden'));
    api.next('list', refuse(403, 'Forbidden'), list('9', [podObject('a', '8')]));
    const watch = start();
    await watch.until('the list', () => watch.lists.length > 0);
    expect(watch.lists).toEqual(['start: a@8']);
  });

  it('leaves out what is no pod, and says so [I25 F21]', async () => {
    api.next('list', list('5', [{ metadata: {} }, podObject('a', '4')]));
    api.next(
      'watch',
      stream(event('ADDED', { kind: 'Secret' }) + event('RENAMED', podObject('b', '6')) + added('c', '7')),
    );
    const watch = start();
    await watch.until('the change', () => watch.changes.length === 1);
    expect(watch.lists).toEqual(['start: a@4']);
    expect(watch.changes).toEqual(['ADDED c@7']);
    expect(watch.events.filter(({ kind }) => kind === 'ignored')).toHaveLength(3);
  });
});

describe('going on after an interruption', () => {
  it('goes on from the last change or bookmark, and not from what an ERROR or an unknown line says [W4]', async () => {
    api.next(
      'watch',
      stream(added('a', '11') + bookmark('15') + event('RENAMED', podObject('a', '99')), 'close'),
      stream(modified('a', '16'), 'cut'),
    );
    const watch = start({}, from('10'));
    await watch.until('three watches', () => versions().length === 3);
    expect(versions()).toEqual(['10', '15', '16']);
    expect(api.queries('list')).toHaveLength(0);
    await watch.until('the changes', () => watch.changes.length === 2);
    expect(watch.changes).toEqual(['ADDED a@11', 'MODIFIED a@16']);
    expect(watch.version).toBe('16');
  });

  it.each([
    ['an ERROR event with reason Expired', '[W6 F02 R6]', stream(expired)],
    ['an ERROR event with reason Gone', '[W6 F02]', stream(event('ERROR', status(410, 'Gone')))],
    ['an HTTP 410', '[W6 F01 R6]', refuse(410, 'Expired')],
    ['an HTTP 400, for a version of another make', '[W6]', refuse(400, 'BadRequest')],
  ])('lists once after %s %s', async (_, _rows, answer) => {
    api.next('watch', answer);
    api.next('list', list('80', [podObject('a', '70')]));
    const watch = start({}, from('10'));
    await watch.until('the second watch', () => versions().length === 2);
    await watch.until('the list', () => watch.lists.length === 1);
    expect(watch.lists).toEqual(['expired: a@70']);
    expect(versions()).toEqual(['10', '80']);
  });

  it('lists when its version is one of the future [W7 F06]', async () => {
    const details = { causes: [{ reason: 'ResourceVersionTooLarge' }] };
    api.next('watch', refuse(504, 'Timeout', { details }));
    api.next('list', list('5'));
    const watch = start({}, from('900'));
    await watch.until('the second watch', () => versions().length === 2);
    await watch.until('the list', () => watch.lists.length === 1);
    expect(watch.lists).toEqual(['too_large: ']);
    expect(versions()).toEqual(['900', '5']);
  });

  it('waits and keeps its version after a 429, and after a 500 in the stream [W8]', async () => {
    api.next('watch', refuse(429, 'TooManyRequests', {}, { 'retry-after': '0' }));
    api.next('watch', stream(event('ERROR', status(500, 'InternalError'))));
    const watch = start({}, from('10'));
    await watch.until('a third watch', () => versions().length >= 3);
    expect(new Set(versions())).toEqual(new Set(['10']));
    expect(api.queries('list')).toHaveLength(0);
  });

  it('lists after five errors of the server in a row, and at once when it cannot read its store [W8 F05]', async () => {
    const broken = stream(event('ERROR', status(500, 'InternalError')));
    api.next('watch', broken, broken, broken, broken, broken);
    api.next('list', list('20'), list('30'));
    const watch = start({}, from('10'));
    await watch.until('the list', () => watch.lists.length === 1);
    expect(versions().filter((version) => version === '10')).toHaveLength(5);
    await watch.stop();

    api.forget();
    api.next('watch', stream(event('ERROR', status(500, 'StoreReadError'))));
    api.next('list', list('30'));
    const other = start({}, from('20'));
    await other.until('the list', () => other.lists.length === 1);
    expect(versions()[0]).toBe('20');
    expect(other.lists).toEqual(['server_error: ']);
  });

  it('goes on after connections that break, without a list [W9 F08]', async () => {
    api.next('watch', hangUp, hangUp, stream('', 'close'), stream(added('a', '11')));
    const watch = start({}, from('10'));
    await watch.until('the change', () => watch.changes.length === 1);
    expect(versions()).toEqual(['10', '10', '10', '10']);
    expect(watch.causes).toEqual(['unreachable', 'unreachable', 'server_closed']);
    expect(api.queries('list')).toHaveLength(0);
  });

  it('gives up a silent stream and goes on from the same version; the second time it lists [W10 F07 R7]', async () => {
    api.next('list', list('40', [podObject('a', '35')]));
    const watch = start({ silenceSeconds: 0.05 }, from('10'));
    await watch.until('the list', () => watch.lists.length === 1);
    expect(watch.lists[0]).toBe('silence: a@35');
    expect(versions().slice(0, 2)).toEqual(['10', '10']);
    expect(watch.causes.slice(0, 2)).toEqual(['silence', 'silence']);
  });

  it.each([
    ['a line that is no JSON', '[W11 F10]', 'unparsable', 'nonsense\n'],
    ['a line that is no event', '[W11 F10]', 'unparsable', '{"type":"ADDED"}\n'],
    ['an end in the middle of a line', '[W11 F09]', 'cut', added('b', '12').slice(0, 40)],
  ])('ends the stream at %s and loses nothing %s', async (_, _rows, cause, text) => {
    api.next('watch', stream(added('a', '11') + text, 'close'), stream(added('b', '12')));
    const watch = start({}, from('10'));
    await watch.until('both changes', () => watch.changes.length === 2);
    expect(watch.changes).toEqual(['ADDED a@11', 'ADDED b@12']);
    expect(versions()).toEqual(['10', '11']);
    expect(watch.causes).toEqual([cause]);
  });

  it('lists when the same line ends every watch [W11 I26]', async () => {
    api.next('watch', stream('nonsense\n'), stream('nonsense\n'), stream('nonsense\n'));
    api.next('list', list('20'));
    const watch = start({}, from('10'));
    await watch.until('the list', () => watch.lists.length === 1);
    expect(versions().slice(0, 3)).toEqual(['10', '10', '10']);
  });

  it('refuses a line that is too long instead of holding it [W12 F10]', async () => {
    const long = event('ADDED', podObject('x'.repeat(4000), '11'));
    api.next('watch', stream(long), stream(long));
    api.next('list', list('20'));
    const watch = start({ lineBytes: 2000 }, from('10'));
    await watch.until('the list', () => watch.lists.length === 1);
    expect(watch.causes.slice(0, 2)).toEqual(['line_too_long', 'line_too_long']);
    expect(watch.changes).toEqual([]);
  });

  it('raises an alarm when it is refused, and goes on trying [W18]', async () => {
    // The client itself repeats a 403 right after a new connection a few times.
    api.next('watch', ...Array.from({ length: 8 }, () => refuse(403, 'Forbidden')));
    api.next('watch', stream(added('a', '11')));
    const watch = start({}, from('10'));
    await watch.until('the change', () => watch.changes.length === 1);
    expect(watch.events.some(({ kind }) => kind === 'alarm')).toBe(true);
    expect(api.queries('list')).toHaveLength(0);
  });
});

describe('faults that last', () => {
  it('waits at least as long as a 429 asks for, 20 times over, without a list and without a tight loop [W8 F04]', async () => {
    api.next('watch', ...Array.from({ length: 20 }, () => refuse(429, 'TooManyRequests', {}, { 'retry-after': '0' })));
    api.next('watch', refuse(429, 'TooManyRequests', {}, { 'retry-after': '5' }));
    const watch = start({}, from('10'));
    const refusals = () => watch.events.filter((one) => one.kind === 'interrupted' && one.cause === 'too_many');
    await watch.until('the last refusal', () => refusals().length === 21);
    expect(refusals().at(-1)).toMatchObject({ delayMilliseconds: 5000 });
    expect(new Set(versions())).toEqual(new Set(['10']));
    expect(api.queries('list')).toHaveLength(0);
    expect(versions()).toHaveLength(21);
  });

  it('lists again when one expiry follows the other, but not in a storm [W6 W9 R6]', async () => {
    api.next('watch', ...Array.from({ length: 4 }, () => stream(expired)));
    api.next('list', list('20'), list('30'), list('40'), list('50'));
    const watch = start({}, from('10'));
    await watch.until('the fifth watch', () => versions().length === 5);
    expect(versions()).toEqual(['10', '20', '30', '40', '50']);
    const delays = watch.events.flatMap((one) => (one.kind === 'interrupted' ? [one.sentence] : []));
    expect(delays).toHaveLength(4);
  });

  it('needs no bookmark to go on: each stream starts where the last change was [F15]', async () => {
    const streams = Array.from({ length: 30 }, (_, index) => stream(modified('a', String(100 + index)), 'close'));
    api.next('watch', ...streams);
    const watch = start({}, from('10'));
    await watch.until('the last change', () => watch.changes.length === 30);
    expect(api.queries('list')).toHaveLength(0);
    expect(versions().slice(1, 30)).toEqual(Array.from({ length: 29 }, (_, index) => String(100 + index)));
  });

  it('finds by the next list what the stream dropped, deletions among it [F11 I20]', async () => {
    api.next('list', list('10', [podObject('a', '5'), podObject('b', '6'), podObject('c', '7')]));
    // The stream tells of c only: the end of a and the change of b are lost.
    api.next('watch', stream(modified('c', '30')));
    api.next('list', list('40', [podObject('b', '20'), podObject('c', '30')]));
    const watch = start({ compareSeconds: 0.05 });
    await watch.until('the comparison', () => watch.lists.length >= 2);
    expect(watch.lists.slice(0, 2)).toEqual(['start: a@5 b@6 c@7', 'compare: b@20 c@30']);
  });

  it('understands what it can of a stream of anything, and goes on [F21 I25 I26]', async () => {
    const odd = [
      { type: 'HIBERNATED', object: podObject('a', '11') },
      { type: 'ADDED', object: {} },
      { type: 'ADDED', object: null },
      { type: 'BOOKMARK', object: {} },
      { type: 7, object: [] },
      { type: 'MODIFIED', object: { metadata: { name: 'b', uid: 'u', resourceVersion: '12' }, status: 'none' } },
    ];
    api.next('watch', stream(`${odd.map((one) => JSON.stringify(one)).join('\n')}\n${added('c', '13')}`));
    const watch = start({}, from('10'));
    await watch.until('the changes', () => watch.changes.length === 2);
    expect(watch.changes).toEqual(['MODIFIED b@12', 'ADDED c@13']);
    expect(watch.events.filter(({ kind }) => kind === 'ignored')).toHaveLength(5);
    expect(watch.causes).toEqual([]);
  });

  it('reads the token again after a 401, and goes on from where it was [W18 F22]', async () => {
    api.next('watch', refuse(401, 'Unauthorized'), stream(added('a', '11')));
    const watch = start({}, from('10'));
    await watch.until('the change', () => watch.changes.length === 1);
    expect(new Set(versions())).toEqual(new Set(['10']));
    expect(api.queries('list')).toHaveLength(0);
  });
});

describe('what is applied', () => {
  it('tells a pod that left the selector from one that was deleted [W13 F18]', async () => {
    api.next(
      'watch',
      stream(added('a', '11') + added('b', '12') + event('DELETED', podObject('a', '13')) + deleted('b', '14')),
    );
    const watch = start({}, from('10'));
    await watch.until('the changes', () => watch.changes.length === 4);
    expect(watch.changes.slice(2)).toEqual(['LEFT a@13', 'DELETED b@14']);
  });

  it('gives a batch that could not be committed again, with the same version, before anything later [W16 I19]', async () => {
    const tried: string[] = [];
    let failures = 2;
    api.next('watch', stream(added('a', '11')), stream(added('b', '12')));
    const watch = start(
      {},
      {
        ...from('10'),
        apply: async (batch) => {
          tried.push(batch.resourceVersion);
          if (failures-- > 0) throw new Error('The database is away.');
        },
      },
    );
    await watch.until('the commit', () => watch.version === '11');
    expect(tried).toEqual(['11', '11', '11']);
    expect(watch.events.filter(({ kind }) => kind === 'apply_failed')).toHaveLength(2);
  });

  it('loses nothing while nothing can be committed, and stops reading [W12]', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const many = Array.from({ length: 200 }, (_, index) => added(`p${index}`, String(1000 + index))).join('');
    api.next('watch', stream(many));
    const watch = start({ bufferedChanges: 10, batchChanges: 7 }, { ...from('10'), apply: () => held });
    await watch.until('a connection', () => versions().length === 1);
    release();
    await watch.until('all changes', () => watch.changes.length === 200);
    expect(watch.changes.at(-1)).toBe('ADDED p199@1199');
    expect(watch.batches.every((batch) => batch.kind === 'changes' && batch.changes.length <= 7)).toBe(true);
  });

  it('moves the stored version by a bookmark alone [F15]', async () => {
    api.next('watch', stream(bookmark('77')));
    const watch = start({}, from('10'));
    await watch.until('the version', () => watch.version === '77');
    expect(watch.batches).toEqual([{ kind: 'changes', changes: [], resourceVersion: '77', clusterId: 'cluster-1' }]);
  });

  it('compares with a list at intervals while the watch goes on, and drops what is older than that list [I20 W17]', async () => {
    api.next('list', list('50', [podObject('a', '45')]));
    const answers: ((text: string) => void)[] = [];
    api.next('watch', (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      answers.push((text) => response.write(text));
    });
    const watch = start({ compareSeconds: 0.05 }, from('10'));
    await watch.until('the comparison', () => watch.lists.includes('compare: a@45'));
    answers[0]?.(added('a', '45') + deleted('old', '30') + modified('b', '50') + modified('a', '51'));
    await watch.until('the change', () => watch.changes.length > 0);
    expect(watch.changes).toEqual(['MODIFIED a@51']);
    expect(versions()).toEqual(['10']);
  });

  it('lays what the stream brought meanwhile over a comparison [I20]', async () => {
    let answer = (): void => {};
    api.next('list', (response, call) => {
      answer = () => list('50', [podObject('a', '45'), podObject('b', '46')])(response, call);
    });
    const sent: ((text: string) => void)[] = [];
    api.next('watch', (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      sent.push((text) => response.write(text));
    });
    const watch = start({ compareSeconds: 0.05 }, from('40'));
    await watch.until('a list under way', () => api.queries('list').length === 1 && sent.length === 1);
    sent[0]?.(deleted('b', '52') + modified('a', '53'));
    await watch.until('the changes', () => watch.changes.length === 2);
    answer();
    await watch.until('the comparison', () => watch.lists.length === 1);
    expect(watch.lists).toEqual(['compare: a@53']);
    expect(watch.batches.find((batch) => batch.kind === 'list')?.resourceVersion).toBe('53');
  });

  it('takes the cluster as it is now when a comparison shows that it went back in time [W7 F06]', async () => {
    api.next('list', list('5', [podObject('a', '4')]));
    const watch = start({ compareSeconds: 0.05 }, from('1000'));
    await watch.until('the list', () => watch.lists.length > 0);
    expect(watch.lists[0]).toBe('too_large: a@4');
    await watch.until('a watch from there', () => versions().includes('5'));
    expect(watch.events.some(({ kind }) => kind === 'alarm')).toBe(true);
  });
});

describe('a version is worth something in its own cluster only', () => {
  it('lists when the cluster is another one than the stored version is of [W19]', async () => {
    api.next('list', list('9', [podObject('a', '8')]));
    const watch = start({}, { from: { resourceVersion: '500', clusterId: 'cluster-of-old' } });
    await watch.until('the list', () => watch.lists.length === 1);
    expect(watch.lists).toEqual(['start: a@8']);
    await watch.until('a watch', () => versions().length === 1);
    expect(versions()).toEqual(['9']);
    expect(watch.batches[0]?.clusterId).toBe('cluster-1');
  });

  it('makes do with the address of the server where kube-system may not be read [W19]', async () => {
    api.next('cluster', ...Array.from({ length: 4 }, () => refuse(403, 'Forbidden')));
    const watch = start();
    await watch.until('the list', () => watch.lists.length === 1);
    expect(watch.batches[0]?.clusterId).toBe(`server:127.0.0.1:${api.port}`);
  });
});

describe('the end', () => {
  it('stops at once when it is told to, in every state', async () => {
    for (const answer of [stream(''), hangUp, refuse(500, 'InternalError')]) {
      api.next('watch', answer);
      const watch = start({}, from('10'));
      await watch.until('a call', () => api.queries('watch').length > 0);
      await watch.stop();
      api.forget();
    }
    expect(api.queries('watch')).toEqual([]);
  });
});
