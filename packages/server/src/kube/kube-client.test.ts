import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.ts';
import { samplePodObject } from '../../../../test/support/sample-pod.ts';
import {
  type Answer,
  hangUp,
  json,
  list,
  noJitter,
  realClock,
  refuse,
  ScriptedKubeApi,
  silent,
  stream,
} from '../../../../test/support/scripted-kube-api.ts';
import { KubeClient } from './kube-client.ts';
import { KubeError } from './kube-error.ts';

let api: ScriptedKubeApi;

beforeEach(async () => {
  api = await ScriptedKubeApi.start();
});

afterEach(async () => {
  await api.stop();
});

/** An answer with this text, whatever it is. */
function text(body: string): Answer {
  return (response) => response.end(body);
}

async function errorOf(work: Promise<unknown>): Promise<KubeError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(KubeError);
  return error as KubeError;
}

describe('creating a pod', () => {
  it('sends the body as it is and answers who was created', async () => {
    const answer = await api.client().createPod('default', '{"kind":"Pod"}');
    expect(answer.kind === 'created' && answer.identity()).toEqual({ uid: 'created-uid', resourceVersion: '7' });
    expect(api.calls[0]).toMatchObject({
      path: '/api/v1/namespaces/default/pods',
      body: '{"kind":"Pod"}',
      authorization: 'Bearer scripted',
    });
  });

  it('answers that the name is taken instead of failing', async () => {
    api.next('create', refuse(409, 'AlreadyExists'));
    expect(await api.client().createPod('default', '{}')).toEqual({ kind: 'exists' });
  });

  it.each([
    ['cut', hangUp, 'unreachable'],
    ['silent', silent, 'timeout'],
  ] as const)('is never sent a second time after an answer that was %s', async (_, answer, kind) => {
    const client = api.client({ readSeconds: 0.2 });
    await client.createPod('default', '{}'); // Now the connection is a used one.
    api.next('create', answer);
    expect((await errorOf(client.createPod('default', '{}'))).kind).toBe(kind);
    expect(api.calls).toHaveLength(2);
  });

  it('asks before a create is sent whether it is still wanted, and sends nothing when it is not', async () => {
    expect(await api.client().createPod('default', '{}', false, async () => false)).toEqual({ kind: 'unwanted' });
    expect(api.calls).toEqual([]);
  });

  it('is sent again after a 429, which was certainly not carried out, and a few times at most', async () => {
    const busy = refuse(429, 'TooManyRequests', {}, { 'retry-after': '0' });
    api.next('create', busy, busy);
    expect((await api.client().createPod('default', '{}')).kind).toBe('created');
    expect(api.calls).toHaveLength(3);

    api.forget();
    api.next('create', ...Array.from({ length: 10 }, () => busy));
    expect((await errorOf(api.client().createPod('default', '{}'))).kind).toBe('too_many');
    expect(api.calls).toHaveLength(6);
  });

  it.each([
    [403, 'Forbidden', 'pods is forbidden: exceeded quota: compute', 'quota'],
    [409, 'Conflict', 'storage', 'conflict'],
    [422, 'Invalid', 'spec.containers: Required value', 'invalid'],
    [400, 'BadRequest', 'strict decoding error', 'invalid'],
    [500, 'InternalError', 'webhook failed', 'server'],
    [503, 'ServiceUnavailable', 'starting', 'server'],
  ])('turns a %i %s into one sentence and a kind', async (code, reason, message, kind) => {
    api.next('create', ...Array.from({ length: 5 }, () => refuse(code, reason, { message })));
    const error = await errorOf(api.client().createPod('default', '{}'));
    expect([error.kind, error.status, error.reason]).toEqual([kind, code, reason]);
    expect(error.message).toBe(
      `The Kubernetes API refused to create pods in namespace "default" (${code} ${reason}): ${message}`,
    );
  });

  it("says what an answer means that is no Status at all, such as a proxy's page", async () => {
    api.next('create', (response) => response.writeHead(502).end('<html>Bad gateway</html>'));
    const error = await errorOf(api.client().createPod('default', '{}'));
    expect(error.message).toBe(
      'The Kubernetes API, asked to create pods in namespace "default", answered 502 without a Status body.',
    );
  });

  it('runs fewer at the same time after signs of overload, and more again when all is well', async () => {
    const client = api.client({ writeConcurrency: 64 });
    const before = client.stats.writeLimit;
    api.next('create', refuse(429, 'TooManyRequests', {}, { 'retry-after': '0' }));
    await client.createPod('default', '{}');
    expect(client.stats.writeLimit).toBe(before / 2);
    await Promise.all(Array.from({ length: 200 }, () => client.createPod('default', '{}')));
    expect(client.stats.writeLimit).toBeGreaterThan(before / 2);
  });
});

describe('getting and deleting a pod', () => {
  it('answers null for a pod that is not there', async () => {
    expect(await api.client().getPod('default', 'x')).toBeNull();
    api.next('get', json(200, samplePodObject()));
    expect((await api.client().getPod('default', 'sample'))?.uid).toBe('c8fb2a3e-0000-4000-8000-000000000001');
  });

  it('does not take an answer that is no pod for anything', async () => {
    for (const answer of [json(200, {}), text('{')]) {
      api.next('get', answer);
      expect((await errorOf(api.client().getPod('default', 'x'))).reason).toBe('UNREADABLE');
    }
  });

  it('deletes by name and uid, with the options of the operator [I24]', async () => {
    const client = api.client();
    const options = { uid: 'u1', gracePeriodSeconds: 5, propagationPolicy: 'Foreground', further: { orphan: true } };
    expect(await client.deletePod('default', 'p', options)).toBe('accepted');
    expect(JSON.parse(api.calls[0]?.body ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds: 5,
      propagationPolicy: 'Foreground',
      preconditions: { uid: 'u1' },
      orphan: true,
    });
  });

  it('answers when the pod is gone, or is another one [F32]', async () => {
    api.next('delete', refuse(404, 'NotFound'), refuse(409, 'Conflict'));
    const client = api.client();
    expect(await client.deletePod('default', 'p', { uid: 'u1' })).toBe('gone');
    expect(await client.deletePod('default', 'p', { uid: 'u1' })).toBe('other');
  });

  it('asks again over a connection that the server had closed meanwhile', async () => {
    const client = api.client();
    await client.getPod('default', 'x');
    api.next('get', hangUp);
    expect(await client.getPod('default', 'x')).toBeNull();
    expect(client.stats.requests.get).toBe(3);
  });
});

describe('a call', () => {
  it('goes over connections that are kept', async () => {
    const client = api.client();
    for (let turn = 0; turn < 20; turn += 1) await client.getPod('default', 'x');
    expect(client.stats.connectionsOpened).toBe(1);
    expect(client.stats.answers).toEqual(new Map([[404, 20]]));
  });

  it('renews a refused credential once, and then believes the refusal', async () => {
    let renewals = 0;
    const credential = {
      identity: async () => ({ authorization: `Bearer token-${renewals}`, certificate: null, key: null }),
      forget: () => {
        renewals += 1;
      },
    };
    const client = api.client({}, credential);
    api.next('get', refuse(401, 'Unauthorized'));
    expect(await client.getPod('default', 'x')).toBeNull();
    expect(api.calls.map((call) => call.authorization)).toEqual(['Bearer token-0', 'Bearer token-1']);
    api.next('get', refuse(401, 'Unauthorized'), refuse(401, 'Unauthorized'));
    expect((await errorOf(client.getPod('default', 'x'))).kind).toBe('unauthorized');
  });

  it('tries a 403 again on a fresh connection, whose server may not have loaded its roles', async () => {
    api.next('get', refuse(403, 'Forbidden'), refuse(403, 'Forbidden'));
    expect(await api.client().getPod('default', 'x')).toBeNull();
    expect(api.calls).toHaveLength(3);
  });

  it('ends when nobody answers, and says so', async () => {
    api.next('list', silent);
    const error = await errorOf(api.client({ readSeconds: 0.1 }).listPods('default', { labelSelector: '' }));
    expect([error.kind, error.message]).toEqual([
      'timeout',
      'The Kubernetes API did not answer "GET /api/v1/namespaces/default/pods" within 0.1 s.',
    ]);
  });

  it('ends when the answer goes silent in the middle', async () => {
    api.next('list', (response) => {
      response.writeHead(200);
      response.write('{"items":[');
    });
    const error = await errorOf(api.client({ readSeconds: 0.1 }).listPods('default', { labelSelector: '' }));
    expect(error.kind).toBe('timeout');
  });

  it('is refused by a client that is closed', async () => {
    const client = api.client();
    client.close();
    expect((await errorOf(client.getPod('default', 'x'))).message).toBe('The Kubernetes client is closed.');
  });

  it('says where nothing listens', async () => {
    const stopped = await ScriptedKubeApi.start();
    const client = new KubeClient(stopped.connection(), { clock: realClock, random: noJitter });
    await stopped.stop();
    const error = await errorOf(client.getPod('default', 'x'));
    expect([error.kind, error.message]).toEqual([
      'unreachable',
      `The Kubernetes API at ${client.connection.server.origin} cannot be reached: nothing listens there.`,
    ]);
    client.close();
  });

  it('never puts the credential into an error', async () => {
    const client = api.client();
    for (const answer of [hangUp, refuse(500, 'InternalError'), refuse(422, 'Invalid'), text('{')]) {
      api.next('get', answer, answer);
      const error = await errorOf(client.getPod('default', 'x'));
      expect(JSON.stringify(error) + error.stack + JSON.stringify(error.cause ?? null)).not.toContain('Bearer');
      api.forget();
    }
  });
});

describe('lists, logs, events and questions', () => {
  it('asks for one page of a selector, in one namespace or in all', async () => {
    api.next('list', list('9', [samplePodObject()], 'more'), list('9'));
    const client = api.client();
    const page = await client.listPods('a b', { labelSelector: 'x=y,z', limit: 2 });
    expect([page.pods.length, page.continueToken, page.resourceVersion, page.unreadable]).toEqual([1, 'more', '9', 0]);
    await client.listPods(null, { labelSelector: 'x' });
    expect(api.calls.map((call) => call.path)).toEqual(['/api/v1/namespaces/a%20b/pods', '/api/v1/pods']);
    expect(api.calls[0]?.query.get('labelSelector')).toBe('x=y,z');
  });

  it('follows a log as it grows', async () => {
    api.next('other', stream('one\ntwo\n', 'close'));
    const options = { container: 'base', signal: new AbortController().signal };
    let text = '';
    for await (const chunk of await api.client().followLogs('default', 'p', options)) text += chunk.toString();
    expect(text).toBe('one\ntwo\n');
    expect(api.calls[0]?.query.get('follow')).toBe('true');
  });

  it('reads the events of a pod, oldest first', async () => {
    const event = (reason: string, lastTimestamp: string) => ({ reason, message: 'm', type: 'Warning', lastTimestamp });
    api.next('other', json(200, { items: [event('Second', '2026-01-02'), event('First', '2026-01-01'), null] }));
    const events = await api.client().podEvents('default', 'u');
    expect(events.map(({ reason }) => reason)).toEqual(['', 'First', 'Second']);
  });

  it('asks what our account may do, and knows when the server does not say', async () => {
    api.next('other', json(201, { status: { allowed: true } }), json(201, { status: { allowed: false } }));
    const client = api.client();
    const right = { verb: 'create', resource: 'pods', namespace: 'default' };
    expect([await client.isAllowed(right), await client.isAllowed(right), await client.isAllowed(right)]).toEqual([
      true,
      false,
      null,
    ]);
  });

  it('reads the verdict on a token', async () => {
    const statusOf = {
      authenticated: true,
      audiences: ['gantry'],
      user: { username: 'system:serviceaccount:a:b', extra: { pod: ['p'] } },
    };
    api.next('other', json(201, { status: statusOf }), json(201, { status: { error: 'expired' } }));
    const client = api.client();
    expect(await client.createTokenReview('t', ['gantry'])).toEqual({
      authenticated: true,
      username: 'system:serviceaccount:a:b',
      audiences: ['gantry'],
      extra: { pod: ['p'] },
      error: null,
    });
    expect(await client.createTokenReview('t', ['gantry'])).toMatchObject({ authenticated: false, error: 'expired' });
  });

  it('gives a list up when it is told to', async () => {
    api.next('list', silent);
    const abort = new AbortController();
    const listing = errorOf(api.client().listPods('default', { labelSelector: '', signal: abort.signal }));
    await eventually('the call', () => api.calls.length === 1);
    abort.abort();
    expect((await listing).reason).toBe('ABORTED');
  });
});
