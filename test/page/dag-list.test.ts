import { expect, test } from 'vitest';
import { expectAccessible, PHONE, visit } from './browser.ts';

test('the DAG list shows every DAG with its last runs, and finds one by a part of its id', async () => {
  const page = await visit('/dags');
  const list = page.getByRole('table', { name: 'DAGs' });
  const row = list.getByRole('row').filter({ hasText: 'shapes' });
  await row.waitFor();
  await row.getByText('failed').waitFor({ state: 'attached' });
  await expectAccessible(page);
  await page.getByRole('textbox', { name: 'Find DAGs by id' }).fill('first');
  await page.getByRole('row').filter({ hasText: 'shapes' }).waitFor({ state: 'detached' });
  expect(new URL(page.url()).searchParams.get('id')).toBe('first');
  expect(await list.getByRole('row').count()).toBe(2);
});

test('a DAG is paused and switched on again from the list', async () => {
  const page = await visit('/dags?id=wide');
  const isOn = page.getByRole('switch', { name: 'wide runs' });
  expect(await isOn.isChecked()).toBe(true);
  const changed = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
  await isOn.press('Space');
  await changed;
  await page.reload();
  await page.getByRole('switch', { name: 'wide runs', checked: false }).press('Space');
  await page.getByRole('switch', { name: 'wide runs', checked: true }).waitFor();
});

test('a DAG is triggered from the list', async () => {
  const page = await visit('/dags?id=wide');
  await page.getByRole('button', { name: 'Trigger wide' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Trigger', exact: true }).click();
  await page.getByText(/Run manual__.* is made/).waitFor();
});

test('the list fits on a phone, where the navigation is folded away', async () => {
  const page = await visit('/dags', { width: PHONE });
  await page.getByRole('row').filter({ hasText: 'shapes' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Navigation' }).click();
  await page.getByRole('link', { name: 'Runs' }).click();
  await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
});
