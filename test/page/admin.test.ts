import { expect, test } from 'vitest';
import { expectAccessible, PHONE, visit } from './browser.ts';

test('pools tell how full they are', async () => {
  const page = await visit('/pools');
  const row = page.getByRole('row').filter({ hasText: 'default_pool' });
  await row.getByRole('img', { name: /default_pool: \d+ running, \d+ queued/ }).waitFor();
  await expectAccessible(page);
});

test('a DAG file that cannot be used is told with its place and why', async () => {
  const page = await visit('/import-errors', { colorScheme: 'dark' });
  const error = page.getByRole('region', { name: 'broken_file.ts' });
  await error.getByRole('heading', { name: /^broken_file\.ts:\d+/ }).waitFor();
  await expectAccessible(page);
});

test('the cluster page tells who lives and leads, and how much is launched', async () => {
  const page = await visit('/cluster');
  const services = page.getByRole('table', { name: 'Services' });
  await services.getByRole('row').filter({ hasText: 'scheduler' }).first().waitFor();
  await page.getByRole('img', { name: /launches, at most/ }).waitFor();
  await expectAccessible(page);
});

test('the audit log tells who changed what', async () => {
  const page = await visit('/pools');
  const made = await page.evaluate(async () => {
    const body = JSON.stringify({ name: 'told', slots: 1 });
    const headers = { 'content-type': 'application/json' };
    return (await fetch('/api/v2/pools', { method: 'POST', headers, body })).status;
  });
  expect(made).toBe(201);
  const log = await visit('/audit', { colorScheme: 'dark' });
  const row = log.getByRole('row').filter({ hasText: 'post_pool' }).first();
  await row.getByRole('cell', { name: 'admin' }).waitFor();
  await expectAccessible(log);
});

test('lists of administrators fit on a phone', async () => {
  for (const path of ['/pools', '/import-errors', '/cluster', '/audit', '/backfills']) {
    const page = await visit(path, { width: PHONE });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expectAccessible(page);
  }
});
