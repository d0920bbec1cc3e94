import { expect, test } from 'vitest';
import { expectAccessible, PHONE, place, visit } from './browser.ts';

test('the runs of a DAG are listed by state, with order and filter in the URL', async () => {
  const page = await visit('/dags/shapes/runs');
  const list = page.getByRole('table', { name: 'Runs of shapes' });
  await list.getByRole('link', { name: place.runs.succeeded }).waitFor();
  await expectAccessible(page);
  await page.getByRole('combobox', { name: 'Run state' }).click();
  await page.getByRole('option', { name: 'failed' }).click();
  await list.getByRole('link', { name: place.runs.succeeded }).waitFor({ state: 'detached' });
  await list.getByRole('link', { name: place.runs.failed }).waitFor();
  await list.getByRole('button', { name: 'Took' }).click();
  await list.getByRole('columnheader', { name: 'Took' }).and(page.locator('[aria-sort=ascending]')).waitFor();
  expect(new URL(page.url()).search).toBe('?state=failed&order=duration');
});

test('the details of a DAG tell what its file says, params with their schemas', async () => {
  const page = await visit('/dags/shapes/details');
  await page.getByText('shapes.ts').waitFor();
  const params = page.getByRole('table', { name: 'Params' });
  await params
    .getByRole('row')
    .filter({ hasText: 'recipient' })
    .getByRole('cell', { name: 'Who is told.', exact: true })
    .waitFor();
  await expectAccessible(page);
});

test('runs and details fit on a phone', async () => {
  for (const view of ['runs', 'details']) {
    const page = await visit(`/dags/shapes/${view}`, { width: PHONE });
    await page.getByRole('table').waitFor();
    await expectAccessible(page);
  }
});

test('the code of a DAG is shown in each of its versions, in both themes and on a phone', async () => {
  for (const [colorScheme, width] of [
    ['light', undefined],
    ['dark', PHONE],
  ] as const) {
    const page = await visit('/dags/shapes/code', { colorScheme, ...(width === undefined ? {} : { width }) });
    const text = page.getByRole('textbox', { name: 'The file of shapes' });
    await text.getByText("from '@gantry/sdk'").first().waitFor();
    await page.getByRole('combobox', { name: 'Version' }).waitFor();
    await expectAccessible(page);
  }
});
