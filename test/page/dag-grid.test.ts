import { expect, test } from 'vitest';
import { expectAccessible, PHONE, place, visit } from './browser.ts';

test('the grid shows each run by its tasks, and what is chosen beside it; the choice is in the URL', async () => {
  const page = await visit('/dags/shapes');
  const grid = page.getByRole('grid', { name: 'Runs of shapes' });
  await grid.getByRole('button', { name: `publish: failed, ${place.runs.failed}` }).click();
  const details = page.getByRole('region', { name: 'What is chosen' });
  await details.getByText('The roof is open.').waitFor();
  await expectAccessible(page);
  await page.reload();
  await details.getByText('The roof is open.').waitFor();
  expect(new URL(page.url()).searchParams.get('task')).toBe('publish');
  await details.getByRole('button', { name: 'Close' }).click();
  await details.waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('');
});

test('a folded group is one line, in the gravest state of what it holds', async () => {
  const page = await visit('/dags/shapes');
  const grid = page.getByRole('grid');
  await grid
    .getByRole('button', { name: /^prepare.check.count: success/ })
    .first()
    .waitFor();
  await grid.getByRole('button', { name: '▾ prepare' }).click();
  await grid.getByRole('button', { name: '▸ prepare (3)' }).waitFor();
  expect(await grid.getByRole('button', { name: /^prepare.check.count/ }).count()).toBe(0);
  await grid.getByRole('button', { name: `prepare: success, ${place.runs.succeeded}` }).waitFor();
});

test('arrow keys go through the grid, and Enter chooses', async () => {
  const page = await visit('/dags/first_steps');
  await page.getByRole('grid').getByRole('button', { name: place.runs.firstSteps, exact: false }).first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const details = page.getByRole('region', { name: 'What is chosen' });
  await details.getByRole('heading', { name: 'average' }).waitFor();
});

test('a grid of three hundred tasks stands, and fits on a phone with what is chosen below it', async () => {
  const wide = await visit('/dags/wide');
  await wide.getByRole('grid').getByRole('row').filter({ hasText: 'step_29' }).last().waitFor({ state: 'attached' });
  expect(await wide.getByRole('row').count()).toBeGreaterThan(300);
  const page = await visit(`/dags/shapes?run=${encodeURIComponent(place.runs.succeeded)}`, { width: PHONE });
  await page.getByRole('region', { name: 'What is chosen' }).getByText('success').waitFor();
  await expectAccessible(page);
});

test('a DAG that is not there is told in one sentence', async () => {
  const page = await visit('/dags/nothing_here');
  expect(await page.getByRole('alert').textContent()).toContain('There is no DAG nothing_here.');
});

test('what runs is shown as it goes on, without a reload', async () => {
  const page = await visit('/dags/long');
  await page.getByRole('button', { name: 'Trigger long' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Trigger', exact: true }).click();
  const grid = page.getByRole('grid', { name: 'Runs of long' });
  const cell = grid.getByRole('button', { name: /^wait: running/ });
  await cell.waitFor({ timeout: 30_000 });
  const runId = (await cell.getAttribute('aria-label'))!.split(', ').at(-1)!;
  const marked = await page.request.patch(`/api/v2/dags/long/dagRuns/${encodeURIComponent(runId)}`, {
    data: { state: 'success' },
    headers: { origin: place.url },
  });
  expect(marked.status()).toBe(200);
  await grid.getByRole('button', { name: /^wait: success, / }).waitFor();
}, 60_000);
