import { expect, test } from 'vitest';
import { expectAccessible, PHONE, visit } from './browser.ts';

test('a run is triggered with params by a form that is made of their schemas, and what does not fit is told there', async () => {
  const page = await visit('/dags/shapes');
  await page.getByRole('button', { name: 'Trigger shapes' }).click();
  const dialog = page.getByRole('dialog', { name: 'Trigger shapes' });
  await dialog.getByRole('textbox', { name: 'recipient' }).fill('');
  await dialog.getByRole('textbox', { name: 'copies' }).fill('4');
  await dialog.getByRole('combobox', { name: 'season' }).click();
  await page.getByRole('option', { name: 'winter' }).click();
  await dialog.getByRole('textbox', { name: 'Run id' }).fill('by-form');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Trigger', exact: true }).click();
  await dialog.getByRole('alert').getByText('recipient').waitFor();
  await dialog.getByRole('textbox', { name: 'recipient' }).fill('the crew');
  await dialog.getByRole('button', { name: 'Trigger', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  const read = async () => (await fetch('/api/v2/dags/shapes/dagRuns/by-form')).json() as Promise<{ conf: unknown }>;
  const run = await page.evaluate(read);
  expect(run.conf).toEqual({ fail: false, recipient: 'the crew', copies: 4, season: 'winter' });
});

test('the conf may be written as JSON, and a mistake in it is told in its place', async () => {
  const page = await visit('/dags', { width: PHONE, colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Trigger shapes' }).click();
  const dialog = page.getByRole('dialog', { name: 'Trigger shapes' });
  await dialog.getByRole('switch', { name: 'Write the conf as JSON' }).press('Space');
  const conf = dialog.getByRole('textbox', { name: 'Conf' });
  expect(JSON.parse(await conf.inputValue())).toMatchObject({ copies: 2, season: 'spring' });
  await conf.fill('{\n  "copies": \n}');
  await dialog.getByRole('button', { name: 'Trigger', exact: true }).click();
  await dialog.getByText(/This is no JSON/).waitFor();
  await expectAccessible(page);
});
