import { expect, test } from 'vitest';
import { expectAccessible, PHONE, place, visit } from './browser.ts';

const failed = `/dags/shapes/runs/${encodeURIComponent(place.runs.failed)}`;

test('the page of a run tells what it was given and how each task went; the choice of a state is in the URL', async () => {
  const page = await visit(failed);
  await page.getByRole('heading', { name: place.runs.failed, level: 1 }).waitFor();
  expect(await page.getByRole('region', { name: 'Given when triggered' }).textContent()).toContain('"fail": true');
  expect(await page.getByRole('region', { name: 'Params', exact: true }).textContent()).toContain('"season": "spring"');
  const table = page.getByRole('table', { name: 'Task instances of the run' });
  await table.getByRole('link', { name: 'prepare.read' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'upstream failed 1' }).click();
  await table.getByRole('link', { name: 'prepare.read' }).waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('?state=upstream_failed');
  await table.getByRole('link', { name: 'end' }).click();
  await page.getByRole('heading', { name: 'end', level: 1 }).waitFor();
});

test('a run is shown as it goes, and marking it shows first what it ends', async () => {
  const page = await visit('/dags/long');
  await page.getByRole('button', { name: 'Trigger long' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Trigger', exact: true }).click();
  const made = await page.getByText(/Run manual__.* is made/).textContent();
  const runId = /manual__\S+/.exec(made ?? '')?.[0] ?? '';
  const run = await visit(`/dags/long/runs/${encodeURIComponent(runId)}`);
  await run.getByRole('button', { name: 'running 1' }).waitFor();
  await run.getByRole('button', { name: 'Mark as' }).click();
  await run.getByRole('menuitem', { name: 'Failed' }).click();
  const dialog = run.getByRole('dialog', { name: 'Mark the run failed' });
  await dialog.getByRole('row').filter({ hasText: 'wait' }).getByText('running').waitFor();
  await expectAccessible(run);
  await dialog.getByRole('button', { name: 'Mark failed' }).click();
  await run.getByText('The run is marked failed.').waitFor();
  await run.getByRole('button', { name: 'failed 1' }).waitFor();
});

test('a note is written and taken away', async () => {
  const page = await visit(`/dags/first_steps/runs/${encodeURIComponent(place.runs.firstSteps)}`);
  await page.getByRole('button', { name: 'Add a note' }).click();
  await page.getByRole('textbox', { name: 'Note' }).fill('The river was high.');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('definition').filter({ hasText: 'The river was high.' }).waitFor();
  await page.getByRole('button', { name: 'Change the note' }).click();
  await page.getByRole('textbox', { name: 'Note' }).fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Add a note' }).waitFor();
});

test('the page of a run fits on a phone', async () => {
  const page = await visit(failed, { width: PHONE });
  await page.getByRole('table', { name: 'Task instances of the run' }).waitFor();
  await expectAccessible(page);
});
