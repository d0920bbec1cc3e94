import { expect, test } from 'vitest';
import { expectAccessible, PHONE, place, visit } from './browser.ts';

test('home tells how the parts are, what happened and what failed, and leads to it', async () => {
  const page = await visit('/');
  await page.getByRole('region', { name: 'Health' }).getByText('healthy').nth(2).waitFor();
  expect(await page.getByRole('list', { name: 'DAGs' }).textContent()).toMatch(
    /4 active.*1 files with an import error/,
  );
  await page.getByRole('list', { name: 'Runs by state' }).getByText('failed').waitFor();
  await page.getByRole('list', { name: 'Pools' }).getByText('default_pool').waitFor();
  await expectAccessible(page);
  await page.getByRole('list', { name: 'Last failures' }).getByRole('link', { name: 'shapes · publish' }).click();
  await page.getByRole('heading', { name: 'shapes', level: 1 }).waitFor();
  expect(new URL(page.url()).searchParams.get('run')).toBe(place.runs.failed);
});

test('home fits on a phone', async () => {
  const page = await visit('/', { width: PHONE });
  await page.getByRole('list', { name: 'Last failures' }).getByRole('link').first().waitFor();
  await expectAccessible(page);
});
