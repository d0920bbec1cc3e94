import { expect, test } from 'vitest';
import { expectAccessible, PHONE, place, visit } from './browser.ts';

const run = encodeURIComponent(place.runs.failed);

test('the graph shows the tasks in the states of a run, and what is chosen beside it', async () => {
  const page = await visit(`/dags/shapes/graph?run=${run}`);
  const graph = page.getByRole('region', { name: 'Graph of shapes' });
  await graph.getByRole('button', { name: 'end upstream failed' }).waitFor();
  await graph.getByRole('button', { name: 'publish failed' }).click();
  await page.getByRole('region', { name: 'What is chosen' }).getByText('The roof is open.').waitFor();
  await expectAccessible(page);
  expect(new URL(page.url()).searchParams.get('task')).toBe('publish');
});

test('a group folds to one box in the graph, and the way of the graph can be turned', async () => {
  const page = await visit(`/dags/shapes/graph?run=${run}`);
  const graph = page.getByRole('region', { name: 'Graph of shapes' });
  await graph.getByRole('button', { name: '▾ prepare' }).click();
  await graph.getByRole('button', { name: '▸ prepare (3) success' }).waitFor();
  expect(await graph.getByRole('button', { name: 'clean' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Top to bottom' }).click();
  await page.getByRole('button', { name: 'Left to right' }).waitFor();
  const top = await graph.getByRole('button', { name: 'choose success' }).boundingBox();
  const bottom = await graph.getByRole('button', { name: 'end upstream failed' }).boundingBox();
  expect(bottom!.y).toBeGreaterThan(top!.y);
});

test('three hundred tasks are laid out while the page goes on, and on a phone as well', async () => {
  const page = await visit('/dags/wide/graph', { width: PHONE });
  await page.getByRole('button', { name: 'Top to bottom' }).waitFor();
  await page.getByRole('region', { name: 'Graph of wide' }).waitFor();
  await page.getByRole('button', { name: 'Fold groups' }).click();
  await page.getByRole('button', { name: '▸ part_9 (30)' }).waitFor({ state: 'attached' });
  await expectAccessible(page);
});

test('the gantt tells of each attempt how long it was starting and running', async () => {
  const page = await visit(`/dags/shapes/gantt?run=${run}`);
  const chart = page.getByRole('table', { name: `Attempts of ${place.runs.failed}` });
  const line = chart.getByRole('row').filter({ hasText: 'flaky' });
  expect(await line.textContent()).toMatch(/Try 1: failed, starting [\d.]+ s, running [\d.]+ s.*Try 2: success/);
  await expectAccessible(page);
  const phone = await visit(`/dags/shapes/gantt?run=${run}`, { width: PHONE });
  await phone.getByRole('table').waitFor();
  await expectAccessible(phone);
});
