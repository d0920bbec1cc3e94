import { expect, test } from 'vitest';
import { expectAccessible, PHONE, place, visit } from './browser.ts';

const DETAILS = `/dags/shapes?run=${encodeURIComponent(place.runs.succeeded)}`;

test('an address that leads nowhere says so and shows a way on', async () => {
  const page = await visit('/nowhere');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'All DAGs' }).click();
  await page.getByRole('heading', { name: 'DAGs', level: 1 }).waitFor();
});

test('times are shown in the zone of the browser until another is chosen, which is kept; on a phone as well', async () => {
  const page = await visit(DETAILS, { width: PHONE });
  const time = page.getByRole('region', { name: 'What is chosen' }).getByRole('time').first();
  await time.and(page.getByText(/GMT\+[12]$/)).waitFor();
  await page.getByRole('button', { name: 'Navigation' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('combobox', { name: 'Time zone' }).fill('Tokyo');
  await page.getByRole('option', { name: 'Asia/Tokyo' }).click();
  await page
    .getByText(/GMT\+9$/)
    .first()
    .waitFor({ state: 'attached' });
  await page.reload();
  await time.and(page.getByText(/GMT\+9$/)).waitFor();
});

test('colours are those of the system until others are chosen, which are kept', async () => {
  const page = await visit('/dags', { colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Show in light colours' }).click();
  await page.reload();
  await page.getByRole('button', { name: 'Show in dark colours' }).waitFor();
  expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('light');
});

test('the keyboard passes the navigation by, to what the page shows', async () => {
  const page = await visit('/dags');
  await page.getByRole('heading', { name: 'DAGs', level: 1 }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate<string>('document.activeElement.id')).toBe('content');
});
