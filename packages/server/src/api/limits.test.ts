import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../../../test/support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import type { ApiOptions } from './options.ts';
import { storeTestingRun, testingSpec, testingTask } from './testing-run.ts';

let fresh: FreshDatabase;
let api: RunningApi;

beforeEach(async () => {
  fresh = await freshDatabase();
});
afterEach(async () => {
  await api.server.close();
  await fresh.drop();
});

const start = async (options: Partial<ApiOptions> = {}): Promise<void> => {
  api = await startApi(fresh.database, options);
};

test('every answer says that it is data, in no frame, and with https that browsers come back by TLS', async () => {
  await start();
  const headers = async (path: string) => Object.fromEntries((await fetch(`${api.url}${path}`)).headers);
  for (const path of ['/api/v2/version', '/api/v2/dags', '/nothing']) {
    expect(await headers(path), path).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
  }
  expect(await headers('/api/v2/version')).not.toHaveProperty('strict-transport-security');
  await api.server.close();
  await start({ baseUrl: 'https://gantry.example' });
  expect(await headers('/api/v2/version')).toHaveProperty('strict-transport-security', 'max-age=31536000');
});

test('one token that asks too much is told to wait, another goes on', async () => {
  await start({ requestsPerSecond: 1 });
  const other = await api.call('/api/v2/gantry/tokens', { body: { name: 'other' } });
  const answers = await Promise.all(Array.from({ length: 20 }, () => api.call('/api/v2/version')));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  const asked = await Promise.all(Array.from({ length: 20 }, () => api.call('/api/v2/pools')));
  expect(asked.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  expect(asked.find(({ status }) => status === 429)?.body.detail).toMatch(/^Too many requests of one sender/);
  expect((await api.call('/api/v2/pools', { token: other.body.access_token })).status).toBe(200);
});

test('an address holds so many connections and no more [A40]', async () => {
  await start({ connectionsPerAddress: 5 });
  const port = Number(new URL(api.url).port);
  const open = (): Promise<{ readonly socket: Socket; readonly lives: boolean }> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('connect', () => socket.write('GET /api/v2/version HTTP/1.1\r\nHost: x\r\n\r\n'));
      socket.once('data', () => resolve({ socket, lives: true }));
      socket.once('close', () => resolve({ socket, lives: false }));
    });
  const all = await Promise.all(Array.from({ length: 12 }, open));
  expect(all.filter(({ lives }) => lives)).toHaveLength(5);
  for (const { socket } of all) socket.destroy();
});

test('a followed run ends for a reader who may not see it any more', async () => {
  await start();
  await storeTestingRun(fresh.database, testingSpec('d', [testingTask('t')]), { runId: 'r' });
  const made = await api.call('/api/v2/gantry/tokens', { body: { name: 'reader' } });
  const answer = await fetch(`${api.url}/api/v2/gantry/dags/d/dagRuns/r/progress`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${made.body.access_token}` },
  });
  expect(answer.status).toBe(200);
  await api.call(`/api/v2/gantry/tokens/${made.body.token_id}`, { method: 'DELETE' });
  // Reads to the end of the stream, which has none while its reader may see it.
  await answer.text().catch(() => undefined);
}, 60_000);
