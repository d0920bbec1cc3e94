import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../../../../test/support/api-server.ts';
import { type FreshDatabase, freshDatabase } from '../../../../../test/support/fresh-database.ts';

const SCRIPT = 'console.log("the page");'.repeat(50);
const HTML = { accept: 'text/html,application/xhtml+xml' };
let fresh: FreshDatabase;
let api: RunningApi;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-page-'));
  fresh = await freshDatabase();
});
afterEach(async () => {
  await api.server.close();
  await fresh.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function startWithPage(): Promise<void> {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<script nonce="CSP_NONCE" src="/assets/main-1a2b.js"></script>');
  writeFileSync(join(folder, 'assets', 'main-1a2b.js'), SCRIPT);
  writeFileSync(join(folder, 'assets', 'main-1a2b.js.gz'), gzipSync(SCRIPT));
  writeFileSync(join(folder, 'secret.txt'), 'not of the page');
  api = await startApi(fresh.database, {}, { pageFolder: folder });
}

const visit = (path: string, headers: Record<string, string> = HTML): Promise<Response> =>
  fetch(`${api.url}${path}`, { headers });

test('every URL that a browser opens gets the page, with a nonce of its own and no way to run anything inline', async () => {
  await startWithPage();
  const answers = await Promise.all(
    ['/', '/dags', '/dags/a.b/runs/manual__2026-01-01T00:00:00%2B00:00'].map((path) => visit(path)),
  );
  const nonces = await Promise.all(
    answers.map(async (answer) => {
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/script-src 'self';.*frame-ancestors 'none'/);
      expect(policy).not.toContain('unsafe');
      const nonce = /nonce="([^"]+)"/.exec(await answer.text())?.[1] ?? 'none';
      expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
      return nonce;
    }),
  );
  expect(new Set(nonces).size).toBe(3);
});

test('the files of the page are kept for ever, and come packed to who takes that', async () => {
  await startWithPage();
  for (const [encoding, expected] of [
    ['gzip', 'gzip'],
    ['identity', null],
  ] as const) {
    const answer = await visit('/assets/main-1a2b.js', { 'accept-encoding': encoding });
    expect(answer.headers.get('content-encoding')).toBe(expected);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await answer.text()).toBe(SCRIPT);
  }
});

test('a program that asks for what is not there gets an error, never the page', async () => {
  await startWithPage();
  for (const [path, headers] of [
    ['/api/v2/nothing', HTML],
    ['/auth/nothing', HTML],
    ['/assets/gone-3c4d.js', HTML],
    ['/assets/..%2Fsecret.txt', HTML],
    ['/dags', { accept: 'application/json' }],
  ] as const) {
    const answer = await visit(path, headers);
    expect([path, answer.status, await answer.json()]).toEqual([
      path,
      404,
      expect.objectContaining({ code: 'not_found' }),
    ]);
  }
});

test('a server without a built page says so', async () => {
  api = await startApi(fresh.database, {}, { pageFolder: folder });
  const answer = await visit('/dags');
  expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('was not built')]);
});
