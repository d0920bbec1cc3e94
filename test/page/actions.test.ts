import { expect, test } from 'vitest';
import { expectAccessible, place, visit } from './browser.ts';

test('a task that runs is followed in its log, and killed after it was shown what that touches', async () => {
  const list = await visit('/dags/long');
  await list.getByRole('button', { name: 'Trigger long' }).click();
  await list.getByRole('dialog').getByRole('button', { name: 'Trigger', exact: true }).click();
  const made = await list.getByText(/Run manual__.* is made/).textContent();
  const runId = /manual__\S+/.exec(made ?? '')?.[0] ?? '';
  const page = await visit(`/dags/long/runs/${encodeURIComponent(runId)}/tasks/wait`);
  const log = page.getByRole('log');
  await log.getByText('Beat 1.', { exact: true }).waitFor();
  await log.getByText('Beat 3.', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Kill' }).click();
  const dialog = page.getByRole('dialog', { name: 'Kill: wait' });
  await dialog.getByRole('row').filter({ hasText: 'wait' }).getByText('running').waitFor();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Kill' }).click();
  await page.getByText('wait: killed.').waitFor();
  await page.getByRole('region', { name: 'How it stands' }).getByText('failed').waitFor();
  await page.getByText(/ · complete$/).waitFor();
});

test('clearing shows what it would touch, by the choices that are made', async () => {
  const page = await visit(`/dags/shapes/runs/${encodeURIComponent(place.runs.failed)}/tasks/publish`);
  await page.getByRole('button', { name: 'Clear' }).click();
  const dialog = page.getByRole('dialog', { name: 'Clear publish' });
  const touched = dialog.getByRole('table', { name: 'What is touched' });
  await touched.getByRole('row').filter({ hasText: 'end' }).waitFor();
  await expectAccessible(page);
  await dialog.getByRole('checkbox', { name: 'Downstream' }).press('Space');
  await touched.getByRole('row').filter({ hasText: 'end' }).waitFor({ state: 'detached' });
  await dialog.getByRole('button', { name: 'Clear it' }).waitFor();
  await dialog.getByRole('checkbox', { name: 'Upstream' }).press('Space');
  await touched.getByRole('row').filter({ hasText: 'prepare.read' }).waitFor();
  await dialog.getByRole('checkbox', { name: 'Only failed' }).press('Space');
  await touched.getByRole('row').filter({ hasText: 'prepare.read' }).waitFor({ state: 'detached' });
  expect(await touched.getByRole('row').count()).toBe(1);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('a run is cleared as a whole, or what failed of it', async () => {
  const page = await visit(`/dags/shapes/runs/${encodeURIComponent(place.runs.failed)}`);
  await page.getByRole('button', { name: 'Clear' }).click();
  const dialog = page.getByRole('dialog', { name: 'Clear the run' });
  await dialog.getByRole('row').filter({ hasText: 'prepare.read' }).waitFor();
  await dialog.getByRole('checkbox', { name: 'Only failed' }).press('Space');
  await dialog.getByRole('row').filter({ hasText: 'prepare.read' }).waitFor({ state: 'detached' });
  await dialog.getByRole('button', { name: 'Clear 2' }).waitFor();
});
