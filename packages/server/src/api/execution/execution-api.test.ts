import { randomBytes } from 'node:crypto';
import type { Outcome } from '@gantry/sdk/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Called, type CallInit, type RunningApi, startApi } from '../../../../../test/support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../../../../../test/support/fresh-database.ts';
import type { Queryable } from '../../store/database.ts';
import { readDeployment } from '../../store/read-deployment.ts';
import { claimSecret, hashOf } from '../credential.ts';
import type { PodIdentity } from '../pod-identity.ts';
import { storeTestingRun, testingSpec, testingTask } from '../testing-run.ts';
import { Reports } from './reports.ts';

let fresh: FreshDatabase;
let api: RunningApi;
let claimKey: string;
const identities = new Map<string, PodIdentity>();
const asked: string[] = [];

beforeEach(async () => {
  identities.clear();
  asked.length = 0;
  fresh = await freshDatabase();
  ({ claimKey } = await readDeployment(fresh.database));
  api = await startApi(
    fresh.database,
    { leaseSeconds: 30 },
    {
      verifyPodToken: async (token) => {
        asked.push(token);
        return identities.get(token) ?? null;
      },
    },
  );
});

afterEach(async () => {
  await api.server.close();
  await fresh.drop();
});

const nonce = (): string => randomBytes(16).toString('hex');
const success = { kind: 'success', result: { rows: 3 }, xcoms: { note: 'x' }, skip: null };

function worker(
  attemptId: string,
  verb: string,
  token: string | null,
  body: unknown,
  init: CallInit = {},
): Promise<Called> {
  return api.call(`/execution/v1/attempts/${attemptId}/${verb}`, { token, body, ...init });
}

function claim(attemptId: string, claimNonce = nonce(), token = claimSecret(claimKey, attemptId)): Promise<Called> {
  return worker(attemptId, 'claim', token, { nonce: claimNonce, hostname: 'host', pid: 7, hasBundle: true });
}

async function claimed(attemptId: string): Promise<string> {
  const { status, body } = await claim(attemptId);
  expect(status).toBe(200);
  return body.token;
}

function close(attemptId: string): Promise<unknown> {
  return fresh.database.query(`update attempt set state = 'failed' where id = $1`, [attemptId]);
}

async function attemptRow(attemptId: string): Promise<Record<string, unknown>> {
  const [row] = await fresh.database.query<Record<string, unknown>>('select * from attempt where id = $1', [attemptId]);
  return row!;
}

const facts = () => fresh.database.query<{ kind: string; body: unknown }>('select kind, body from fact order by id');

const oneTask = async (): Promise<string> => {
  const { attempts } = await storeTestingRun(fresh.database, testingSpec('d', [testingTask('t')]));
  return attempts[0]!;
};

describe('claim', () => {
  test('is granted to one nonce of many that ask at once, and moves no state [I05 D11]', async () => {
    const attemptId = await oneTask();
    const answers = await Promise.all(Array.from({ length: 10 }, () => claim(attemptId)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('attempt_not_yours');
    expect(await attemptRow(attemptId)).toMatchObject({ state: 'queued', hostname: 'host', pid: 7 });
    expect(await facts()).toEqual([{ kind: 'claimed', body: {} }]);
  });

  test('gets the same answer when the same nonce repeats it, and is told as a fact once [I05 R8]', async () => {
    const attemptId = await oneTask();
    const same = nonce();
    const [first, second] = [await claim(attemptId, same), await claim(attemptId, same)];
    expect(second).toEqual(first);
    expect(await facts()).toHaveLength(1);
  });

  test('is refused for a closed attempt and for one that was asked to stop [I06 I18]', async () => {
    const { attempts } = await storeTestingRun(fresh.database, testingSpec('d', [testingTask('a'), testingTask('b')]));
    await close(attempts[0]!);
    await fresh.database.query(`update attempt set stop_sentence = 'Stop.' where id = $1`, [attempts[1]]);
    expect((await claim(attempts[0]!)).status).toBe(409);
    expect((await claim(attempts[1]!)).status).toBe(409);
    expect(await facts()).toEqual([]);
  });

  test('needs the claim secret of that very attempt', async () => {
    const { attempts } = await storeTestingRun(fresh.database, testingSpec('d', [testingTask('a'), testingTask('b')]));
    const [one, other] = attempts as [string, string];
    expect((await claim(one, nonce(), claimSecret(claimKey, other))).status).toBe(401);
    expect((await worker(one, 'claim', null, { nonce: nonce(), hostname: '', pid: 1, hasBundle: true })).status).toBe(
      401,
    );
    expect((await claim(one)).status).toBe(200);
  });

  test('of a pod needs the token of the attempt’s own pod, remembers where it runs and asks the cluster once', async () => {
    const attemptId = await oneTask();
    const identity = { namespace: 'gantry', podName: `pod-${attemptId}`, podUid: 'uid-1', serviceAccount: 'default' };
    identities.set('its.own.token', identity).set('an.other.token', { ...identity, podName: 'pod-other' });
    identities.set('an.other.place', { ...identity, namespace: 'elsewhere' });
    expect((await claim(attemptId, nonce(), 'an.other.place')).status).toBe(409);
    expect((await claim(attemptId, nonce(), 'an.other.token')).status).toBe(409);
    expect((await claim(attemptId, nonce(), 'no.such.token')).status).toBe(401);
    const same = nonce();
    expect((await claim(attemptId, same, 'its.own.token')).status).toBe(200);
    expect((await claim(attemptId, same, 'its.own.token')).status).toBe(200);
    expect(asked.filter((token) => token === 'its.own.token')).toHaveLength(1);
    const place = { kind: 'pod', name: `pod-${attemptId}`, namespace: 'gantry', uid: 'uid-1', node: null };
    expect((await attemptRow(attemptId)).place).toEqual(place);
  });

  test('of a worker of the next version, which tells more than is known here, is granted [I37]', async () => {
    const attemptId = await oneTask();
    const body = { nonce: nonce(), hostname: 'h', pid: 1, hasBundle: true, ofTomorrow: { any: 'thing' } };
    expect((await worker(attemptId, 'claim', claimSecret(claimKey, attemptId), body)).status).toBe(200);
  });

  test('of a pod with the right name is refused when another pod of that name is known', async () => {
    const attemptId = await oneTask();
    const place = { kind: 'pod', name: `pod-${attemptId}`, namespace: 'gantry', uid: 'uid-known', node: null };
    await fresh.database.query('update attempt set place = $2 where id = $1', [attemptId, JSON.stringify(place)]);
    const identity = { namespace: 'gantry', podName: `pod-${attemptId}`, podUid: 'uid-2', serviceAccount: 'default' };
    identities.set('a.b.c', identity);
    expect((await claim(attemptId, nonce(), 'a.b.c')).status).toBe(409);
  });

  test('answers what the task is made of: params, conf, wired results and the bundle when asked for', async () => {
    const wire = {
      kind: 'object',
      fields: { rows: { kind: 'wire', taskId: 'up', path: [] }, none: { kind: 'wire', taskId: 'dry', path: [] } },
    } as const;
    const spec = testingSpec(
      'd',
      [testingTask('up'), testingTask('dry'), testingTask('t', { input: wire, executionTimeoutSeconds: 9 })],
      {
        params: { color: { default: 'red', schema: { type: 'string' } }, size: { default: 1, schema: {} } },
      },
    );
    const { runKey, attempts, bundleDigest } = await storeTestingRun(fresh.database, spec, {
      conf: { size: 2, extra: true },
      code: 'code of it',
    });
    await fresh.database.query(
      `insert into xcom (run_key, task_index, map_index, key, value, attempt_id) values ($1, 0, -1, 'return_value', '[1, 2]', $2)`,
      [runKey, attempts[0]],
    );
    const attemptId = attempts[2]!;
    const { body } = await worker(attemptId, 'claim', claimSecret(claimKey, attemptId), {
      nonce: nonce(),
      hostname: 'h',
      pid: 1,
      hasBundle: false,
    });
    expect(body).toMatchObject({
      leaseSeconds: 30,
      heartbeatSeconds: 10,
      killGraceSeconds: 20,
      bundleDigest,
      bundle: 'code of it',
    });
    expect(body.task).toEqual({
      kind: 'task',
      dagId: 'd',
      taskId: 't',
      runId: 'manual__1',
      runType: 'manual',
      mapIndex: -1,
      tryNumber: 1,
      maxTries: 0,
      version: 1,
      logicalDate: null,
      dataIntervalStart: null,
      dataIntervalEnd: null,
      params: { color: 'red', size: 2, extra: true },
      conf: { size: 2, extra: true },
      executionTimeoutSeconds: 9,
      input: wire,
      upstreamResults: { up: [1, 2], dry: null },
    });
  });

  test('with a wrong body is refused with a sentence that names the field', async () => {
    const attemptId = await oneTask();
    const { status, body } = await worker(attemptId, 'claim', claimSecret(claimKey, attemptId), {
      nonce: 'short',
      hostname: '',
      pid: 1,
      hasBundle: true,
    });
    expect([status, body.code]).toEqual([422, 'invalid']);
    expect(body.detail).toContain('nonce');
  });
});

describe('heartbeat', () => {
  test('extends the lease and passes on the wish to stop', async () => {
    const attemptId = await oneTask();
    const token = await claimed(attemptId);
    await fresh.database.query(`update attempt set lease_until = clock_timestamp() - interval '1 hour' where id = $1`, [
      attemptId,
    ]);
    expect(await worker(attemptId, 'heartbeat', token, {})).toEqual({
      status: 200,
      body: { leaseSeconds: 30, stop: null },
    });
    const [lease] = await fresh.database.query<{ ahead: boolean }>(
      `select lease_until > clock_timestamp() + interval '20 seconds' as ahead from attempt where id = $1`,
      [attemptId],
    );
    expect(lease?.ahead).toBe(true);
    await fresh.database.query(`update attempt set stop_sentence = 'A user cleared it.' where id = $1`, [attemptId]);
    expect((await worker(attemptId, 'heartbeat', token, {})).body.stop).toEqual({ sentence: 'A user cleared it.' });
  });

  test('is refused after the attempt closed, without a token and with another attempt’s token [I42]', async () => {
    const { attempts } = await storeTestingRun(fresh.database, testingSpec('d', [testingTask('a'), testingTask('b')]));
    const [one, other] = attempts as [string, string];
    const [token, foreign] = [await claimed(one), await claimed(other)];
    expect((await worker(one, 'heartbeat', null, {})).status).toBe(401);
    for (const [verb, body] of [
      ['heartbeat', {}],
      ['logs', { chunk: 1, lines: [] }],
      ['report', { outcome: success, log: null }],
    ] as const) {
      expect((await worker(one, verb, foreign, body)).status).toBe(409);
    }
    await close(one);
    expect((await worker(one, 'heartbeat', token, {})).status).toBe(409);
    expect((await worker(one, 'logs', token, { chunk: 1, lines: [] })).status).toBe(409);
  });
});

describe('logs', () => {
  const line = (text: string) => ({ at: 1, level: 'info', stream: 'stdout', text });

  test('are kept once a chunk, and any character comes back as it was', async () => {
    const attemptId = await oneTask();
    const token = await claimed(attemptId);
    const odd = 'tab\t "quote" \\ \u0000 \ud800 end';
    for (const chunk of [
      { chunk: 2, lines: [line('b')] },
      { chunk: 1, lines: [line(odd), line('a')] },
      { chunk: 1, lines: [line('again')] },
    ]) {
      expect((await worker(attemptId, 'logs', token, chunk)).status).toBe(204);
    }
    const rows = await fresh.database.query<{ chunk: number; lines: string }>(
      'select chunk, lines from log_chunk order by chunk',
    );
    expect(rows.map(({ chunk, lines }) => [chunk, lines.split('\n').map((text) => JSON.parse(text).text)])).toEqual([
      [1, [odd, 'a']],
      [2, ['b']],
    ]);
  });
});

describe('report', () => {
  test('is durable with its last log lines, and tells the engine what it decides by, without results', async () => {
    const attemptId = await oneTask();
    const token = await claimed(attemptId);
    const log = { chunk: 1, lines: [{ at: 1, level: 'info', stream: 'log', text: 'bye' }] };
    expect((await worker(attemptId, 'report', token, { outcome: success, log })).status).toBe(204);
    expect(await attemptRow(attemptId)).toMatchObject({ state: 'queued', outcome: success });
    expect((await facts()).at(-1)).toEqual({ kind: 'reported', body: { outcome: { kind: 'success', skip: null } } });
    expect(await fresh.database.query('select chunk from log_chunk')).toEqual([{ chunk: 1 }]);
  });

  test('keeps the first word; repeats are answered alike, also after the attempt closed [I15]', async () => {
    const attemptId = await oneTask();
    const token = await claimed(attemptId);
    const failed = { kind: 'failed', failure: { class: 'user_error', sentence: 'No.', retryable: true, detail: {} } };
    expect((await worker(attemptId, 'report', token, { outcome: success, log: null })).status).toBe(204);
    expect((await worker(attemptId, 'report', token, { outcome: failed, log: null })).status).toBe(204);
    await close(attemptId);
    expect((await worker(attemptId, 'report', token, { outcome: success, log: null })).status).toBe(204);
    expect((await attemptRow(attemptId)).outcome).toEqual(success);
    expect((await facts()).map(({ kind }) => kind)).toEqual(['claimed', 'reported']);
  });

  test('that comes first after the attempt closed is refused and changes nothing [I18 R9]', async () => {
    const attemptId = await oneTask();
    const token = await claimed(attemptId);
    await close(attemptId);
    expect((await worker(attemptId, 'report', token, { outcome: success, log: null })).status).toBe(409);
    expect(await attemptRow(attemptId)).toMatchObject({ outcome: null, reported_at: null });
  });

  test('with an XCom that is too large or cannot be stored is refused with a sentence', async () => {
    const attemptId = await oneTask();
    const token = await claimed(attemptId);
    const large = { ...success, result: 'x'.repeat(256 * 1024) };
    const odd = { ...success, xcoms: { key: { inner: 'a\u0000b' } } };
    const tooLarge = await worker(attemptId, 'report', token, { outcome: large, log: null });
    expect([tooLarge.status, tooLarge.body.code]).toEqual([413, 'too_large']);
    const notStorable = await worker(attemptId, 'report', token, { outcome: odd, log: null });
    expect([notStorable.status, notStorable.body.detail]).toEqual([422, expect.stringContaining('"key"')]);
    expect((await attemptRow(attemptId)).reported_at).toBeNull();
    expect(
      (await worker(attemptId, 'report', token, { outcome: { ...success, result: '\\u0000 is text' }, log: null }))
        .status,
    ).toBe(204);
  });

  test('of a failure is kept whatever characters its sentence holds', async () => {
    const attemptId = await oneTask();
    const token = await claimed(attemptId);
    const failure = {
      class: 'user_error',
      sentence: 'bad \u0000 byte',
      retryable: true,
      detail: { 'k\u0000': 'v\ud800' },
    };
    expect((await worker(attemptId, 'report', token, { outcome: { kind: 'failed', failure }, log: null })).status).toBe(
      204,
    );
    expect((await attemptRow(attemptId)).outcome).toMatchObject({
      failure: { sentence: 'bad \ufffd byte', detail: { 'k\ufffd': 'v\ufffd' } },
    });
  });

  test('of two hundred workers at once costs two statements', async () => {
    const tasks = Array.from({ length: 200 }, (_, index) => testingTask(`t${index}`));
    const { attempts } = await storeTestingRun(fresh.database, testingSpec('d', tasks));
    const tokens = await Promise.all(attempts.map(claimed));
    let statements = 0;
    const counted: Queryable = {
      query: (...call) => {
        statements += 1;
        return fresh.database.query(...call);
      },
    };
    const reports = new Reports(counted, 1024);
    const outcome = success as Outcome;
    const stands = await Promise.all(
      attempts.map((attemptId, place) =>
        reports.report({ attemptId, tokenHash: hashOf(tokens[place]!) }, { outcome, log: null }),
      ),
    );
    expect([new Set(stands), statements]).toEqual([new Set([true]), 2]);
    expect((await facts()).filter(({ kind }) => kind === 'reported')).toHaveLength(200);
  });
});

describe('what a task reads', () => {
  const get = (attemptId: string, path: string, token: string | null) =>
    api.call(`/execution/v1/attempts/${attemptId}/${path}`, { token });

  test('are XComs of its own run, variables, connections and its own bundle', async () => {
    const { runKey, attempts, bundleDigest } = await storeTestingRun(
      fresh.database,
      testingSpec('d', [testingTask('up'), testingTask('t')]),
      { code: 'the code' },
    );
    await fresh.database.query(
      `insert into xcom (run_key, task_index, map_index, key, value, attempt_id) values ($1, 0, -1, 'return_value', '{"a": null}', $2), ($1, 0, -1, 'nothing', 'null', $2)`,
      [runKey, attempts[0]],
    );
    await fresh.database.query(`insert into variable (key, value) values ('a/b', 'v')`);
    await fresh.database.query(
      `insert into connection (connection_id, conn_type, password, extra) values ('db', 'postgres', 'pw', '{"x": 1}')`,
    );
    const attemptId = attempts[1]!;
    const token = await claimed(attemptId);
    expect(await get(attemptId, 'xcom?task_id=up', token)).toEqual({ status: 200, body: { value: { a: null } } });
    expect(await get(attemptId, 'xcom?task_id=up&map_index=-1&key=nothing', token)).toEqual({
      status: 200,
      body: { value: null },
    });
    expect((await get(attemptId, 'xcom?task_id=up&key=other', token)).status).toBe(404);
    expect((await get(attemptId, 'variables/a%2Fb', token)).body).toEqual({ value: 'v', secrets: [] });
    expect((await get(attemptId, 'variables/none', token)).status).toBe(404);
    expect((await get(attemptId, 'connections/db', token)).body).toEqual({
      connection: {
        connectionId: 'db',
        connType: 'postgres',
        host: null,
        port: null,
        login: null,
        password: 'pw',
        schema: null,
        extra: { x: 1 },
      },
      secrets: ['pw'],
    });
    expect(await api.call(`/execution/v1/bundles/${bundleDigest}`, { token })).toEqual({
      status: 200,
      body: 'the code',
    });
    expect((await api.call(`/execution/v1/bundles/${'0'.repeat(64)}`, { token })).status).toBe(409);
    expect((await get(attemptId, 'variables/a%2Fb', api.token)).status).toBe(409);
    await close(attemptId);
    expect((await get(attemptId, 'variables/a%2Fb', token)).status).toBe(409);
    expect((await api.call(`/execution/v1/bundles/${bundleDigest}`, { token })).status).toBe(409);
  });
});
