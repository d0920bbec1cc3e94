import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimSecret } from '../../packages/server/src/api/credential.ts';
import { storeTestingRun, testingSpec, testingTask } from '../../packages/server/src/api/testing-run.ts';
import { readDeployment } from '../../packages/server/src/store/read-deployment.ts';
import { type RunningApi, startApi } from '../support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../support/fresh-database.ts';

let fresh: FreshDatabase;
let api: RunningApi;
let claimKey: string;
let mine: string;
let other: string;

beforeEach(async () => {
  fresh = await freshDatabase();
  ({ claimKey } = await readDeployment(fresh.database));
  api = await startApi(fresh.database);
  const spec = testingSpec('d', [testingTask('a'), testingTask('b')]);
  const { attempts } = await storeTestingRun(fresh.database, spec);
  [mine, other] = attempts as [string, string];
});
afterEach(async () => {
  await api.server.close();
  await fresh.drop();
});

const success = { kind: 'success', result: 1, xcoms: {}, skip: null };
const worker = (attemptId: string, verb: string, token: string | null, body: unknown) =>
  api.call(`/execution/v1/attempts/${attemptId}/${verb}`, { token, body });
const claimBody = (nonce = randomBytes(16).toString('hex')) => ({ nonce, hostname: 'h', pid: 1, hasBundle: true });
const claim = (attemptId: string, token: string | null = claimSecret(claimKey, attemptId), nonce?: string) =>
  worker(attemptId, 'claim', token, claimBody(nonce));

async function claimed(attemptId: string): Promise<string> {
  const { status, body } = await claim(attemptId);
  expect(status).toBe(200);
  return body.token;
}

/** A JSON web token with a header of the attacker's choice. */
function forged(header: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part({ sub: mine, aud: 'gantry', exp: 4e9 })}.${randomBytes(32).toString('base64url')}`;
}

test('no token, garbage and forged web tokens open nothing, and what their headers name is never fetched [A01]', async () => {
  let fetched = 0;
  const outside = createServer((_request, response) => {
    fetched += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(outside.address() as { port: number }).port}/keys`;
  try {
    const tokens = [
      null,
      'garbage',
      'x'.repeat(5000),
      'gantry-attempt..',
      `gantry-attempt.${mine}.${'A'.repeat(43)}`,
      forged({ alg: 'none' }),
      forged({ alg: 'HS256' }),
      forged({ alg: 'RS256', kid: 'unknown' }),
      forged({ alg: 'RS256', jku: url }),
      forged({ alg: 'RS256', x5u: url }),
      forged({ alg: 'RS256', jwk: { kty: 'oct', k: 'AA' } }),
    ];
    for (const token of tokens) {
      expect((await claim(mine, token)).status, String(token)).toBe(401);
      const { status } = await worker(mine, 'report', token, { outcome: success, log: null });
      expect([401, 409], String(token)).toContain(status);
    }
    expect(fetched).toBe(0);
    expect((await claim(mine)).status).toBe(200);
  } finally {
    outside.closeAllConnections();
    outside.close();
  }
});

test('the token of one attempt opens nothing of another [A02]', async () => {
  const [token] = [await claimed(mine), await claimed(other)];
  for (const [verb, body] of [
    ['heartbeat', {}],
    ['logs', { chunk: 1, lines: [] }],
    ['report', { outcome: success, log: null }],
  ] as const) {
    expect((await worker(other, verb, token, body)).status, verb).toBe(409);
  }
  expect((await api.call(`/execution/v1/attempts/${other}/variables/v`, { token })).status).toBe(409);
  expect((await api.call(`/execution/v1/attempts/${other}/xcom?task_id=a`, { token })).status).toBe(409);
});

test('the token of a closed attempt opens nothing, however young [A03]', async () => {
  const token = await claimed(mine);
  await fresh.database.query(`update attempt set state = 'failed' where id = $1`, [mine]);
  expect((await worker(mine, 'heartbeat', token, {})).status).toBe(409);
  expect((await worker(mine, 'report', token, { outcome: success, log: null })).status).toBe(409);
  expect((await api.call(`/execution/v1/attempts/${mine}/variables/v`, { token })).status).toBe(409);
});

test('a person’s token is no worker’s, and a worker’s is no person’s; nor is one of another deployment [A04]', async () => {
  expect((await claim(mine, api.token)).status).toBe(401);
  const token = await claimed(mine);
  expect((await worker(mine, 'heartbeat', api.token, {})).status).toBe(409);
  for (const path of ['/api/v2/dags', '/api/v2/variables', '/api/v2/gantry/tokens']) {
    expect((await api.call(path, { token })).status, path).toBe(401);
  }
  expect((await claim(other, claimSecret('00'.repeat(32), other))).status).toBe(401);
});

test('a claim with another nonce is refused and harms the one that was granted [A05]', async () => {
  const token = await claimed(mine);
  expect((await claim(mine)).status).toBe(409);
  expect((await worker(mine, 'heartbeat', token, {})).status).toBe(200);
});

test('a flood of heartbeats is refused to the attempt that sends it, and to no other [A06]', async () => {
  const [token, calm] = [await claimed(mine), await claimed(other)];
  const answers = await Promise.all(Array.from({ length: 300 }, () => worker(mine, 'heartbeat', token, {})));
  const statuses = new Set(answers.map(({ status }) => status));
  expect([...statuses].sort()).toEqual([200, 429]);
  expect((await worker(other, 'heartbeat', calm, {})).status).toBe(200);
});

test('the first report stands, whatever is reported after it [A07]', async () => {
  const token = await claimed(mine);
  const report = (result: number) => worker(mine, 'report', token, { outcome: { ...success, result }, log: null });
  expect([(await report(1)).status, (await report(2)).status]).toEqual([204, 204]);
  const [row] = await fresh.database.query<{ result: number }>(
    `select (outcome ->> 'result')::integer as result from attempt where id = $1`,
    [mine],
  );
  expect(row?.result).toBe(1);
  await fresh.database.query(`update attempt set state = 'failed' where id = $1`, [other]);
  expect((await claim(other)).status).toBe(409);
});

describe('an XCom', () => {
  const reported = async (outcome: unknown) => {
    const token = await claimed(mine);
    const body = typeof outcome === 'string' ? outcome : { outcome, log: null };
    return worker(mine, 'report', token, body);
  };
  const stored = () => api.call('/api/v2/dags/d/dagRuns/manual__1/taskInstances/a/xcomEntries/return_value');

  test('that is too large, too deep or no JSON is refused and stops nothing [A09]', async () => {
    const token = await claimed(mine);
    const report = async (text: string) =>
      (
        await worker(
          mine,
          'report',
          token,
          `{"outcome":{"kind":"success","xcoms":{},"skip":null,"result":${text}},"log":null}`,
        )
      ).status;
    expect(await report(JSON.stringify('x'.repeat(300 * 1024)))).toBe(413);
    expect(await report(JSON.stringify('x'.repeat(5 * 1024 * 1024)))).toBe(413);
    expect(await report('NaN')).toBe(400);
    expect(await report('"\\u0000"')).toBe(422);
    expect(await report('"\\ud800"')).toBe(422);
    expect(await report(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toBe(422);
    expect(await report('{"__proto__":{"isAdmin":true}}')).toBe(400);
    expect((await worker(mine, 'heartbeat', token, {})).status).toBe(200);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  test.each([
    [{ __class__: 'subprocess.Popen', __args__: ['id'] }],
    ['<script>alert(1)</script>'],
    ['{{ conf.get("secret") }} #{7*7} <%= 7*7 %>'],
    [{ $ref: '#/definitions/x', $type: 'System.Diagnostics.Process', constructor: 'x' }],
  ])('shaped like a class, a page or a template is plain data: %j [A10]', async (value) => {
    expect((await reported({ ...success, result: value })).status).toBe(204);
    await fresh.database.query(
      `insert into xcom (run_key, task_index, map_index, key, value, attempt_id)
       select run_key, task_index, map_index, 'return_value', outcome -> 'result', id from attempt where id = $1`,
      [mine],
    );
    expect((await stored()).body.value).toEqual(value);
  });
});
