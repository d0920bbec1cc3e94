import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { expectAccessible, PHONE, place, visit } from './browser.ts';

const path = (taskId: string, runId = place.runs.failed): string =>
  `/dags/shapes/runs/${encodeURIComponent(runId)}/tasks/${taskId}`;

test('the log of a try is read, searched as a text, and downloaded', async () => {
  const page = await visit(path('publish'));
  await page.getByRole('alert').filter({ hasText: 'The roof is open.' }).waitFor();
  const log = page.getByRole('log', { name: 'Log of try 1' });
  await log.getByText('The task failed with Error: The roof is open.').waitFor();
  await expectAccessible(page);
  await page.getByRole('textbox', { name: 'Find in the log' }).fill('roof is OPEN.');
  await page.getByText('1 of 1', { exact: true }).waitFor();
  expect(await log.locator('mark').textContent()).toBe('roof is open.');
  expect(new URL(page.url()).searchParams.get('find')).toBe('roof is OPEN.');
  await page.getByRole('textbox', { name: 'Find in the log' }).fill('roof.is');
  await page.getByText('0 of 0', { exact: true }).waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  expect(await text(await (await download).createReadStream())).toContain(
    'ERROR The task failed with Error: The roof is open.',
  );
});

test('a log of one hundred thousand lines holds few of them in the page, and jumps to its end', async () => {
  const page = await visit(path('publish'));
  await page.route('**/logs/1?*', (route) => {
    const lines = Array.from({ length: 100_000 }, (_, place) => ({
      timestamp: '2026-03-01T06:00:00.000Z',
      level: place % 2 === 0 ? 'info' : 'warning',
      logger: 'task',
      event: `\u001b[32mline\u001b[0m ${place + 1} <i>of</i> javascript:alert(1) https://example.org/${place + 1}`,
    }));
    return route.fulfill({
      contentType: 'application/x-ndjson',
      body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    });
  });
  await page.reload();
  await page.getByText('100,000 lines · complete').waitFor();
  const log = page.getByRole('log');
  expect(await log.locator('[data-level]').count()).toBeLessThan(120);
  await page.getByRole('switch', { name: 'Follow' }).press('Space');
  const link = log.getByRole('link', { name: 'https://example.org/100000' });
  await link.waitFor();
  expect(await link.getAttribute('rel')).toContain('noopener');
  expect(await log.getByText('<i>of</i> javascript:alert(1)').last().isVisible()).toBe(true);
  expect(await log.getByRole('link').filter({ hasText: 'javascript' }).count()).toBe(0);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'warning' }).click();
  await page.getByText('50,000 of 100,000 lines · complete').waitFor();
});

test('each attempt tells its class, its sentence and its phases, and leads to its log', async () => {
  const page = await visit(`${path('flaky', place.runs.succeeded)}?tab=attempts`);
  const first = page.getByRole('region', { name: /^Try 1, / });
  await first.getByText('user error').waitFor();
  await first.getByText('The task failed with Error: The first try never works.').waitFor();
  await first.getByRole('list', { name: 'Phases' }).getByText('Starting').waitFor();
  await expectAccessible(page);
  await first.getByRole('link', { name: 'Log' }).click();
  await page.getByRole('log', { name: 'Log of try 1' }).getByText('The first try never works.').first().waitFor();
  await page.getByRole('button', { name: 'Try 2' }).click();
  await page.getByRole('log', { name: 'Log of try 2' }).waitFor();
});

test('the pod is shown with the origin of each field, and in what it differs from the attempt before', async () => {
  const page = await visit(`${path('flaky', place.runs.succeeded)}?tab=pod&against=previous`);
  const yaml = page.getByRole('region', { name: 'The pod as YAML' });
  const line = yaml.getByRole('listitem').filter({ hasText: 'restartPolicy: Never' });
  expect(await line.textContent()).toContain('defaults');
  const difference = page.getByRole('region', { name: 'Differences to the attempt before' });
  await difference.getByText('They differ in nothing but').waitFor();
  await difference.getByRole('switch', { name: /^Show the \d+ fields/ }).press('Space');
  const changes = difference.getByRole('table', { name: 'Fields that differ' });
  await changes.getByRole('row').filter({ hasText: 'metadata.labels.try_number' }).first().waitFor();
  await expectAccessible(page);
  await line.getByRole('link').click();
  expect(new URL(page.url()).hash).toMatch(/^#L\d+$/);
});

test('a failed pod is compared with that of the last success', async () => {
  const page = await visit(`${path('publish')}?tab=pod&against=success`);
  await page.getByRole('region', { name: /^Differences to the last success, in the run / }).waitFor();
});

test('what a task was given, what it left and all its fields stand in tabs', async () => {
  const page = await visit(`${path('prepare.check.clean')}?tab=inputs`);
  expect(await page.getByRole('region', { name: 'Returned by prepare.read' }).textContent()).toContain('"rows": 12');
  await expectAccessible(page);
  await page.getByRole('tab', { name: 'XCom' }).click();
  expect(await page.getByRole('region', { name: 'Value of return_value' }).textContent()).toBe('12');
  await page.getByRole('tab', { name: 'Details' }).click();
  await page.getByRole('definition').filter({ hasText: 'default_pool' }).waitFor();
  await page.getByRole('tab', { name: 'Why' }).click();
  await page.getByRole('list', { name: 'Why' }).waitFor();
  await expectAccessible(page);
});

test('every tab fits on a phone', async () => {
  for (const tab of ['logs', 'attempts', 'pod', 'why', 'inputs', 'details']) {
    const page = await visit(`${path('flaky')}?tab=${tab}`, { width: PHONE });
    await page.getByRole('tabpanel').waitFor();
    await expectAccessible(page);
  }
});

test('a task that the run does not have is told in one sentence', async () => {
  const page = await visit(path('nothing'));
  expect(await page.getByRole('alert').textContent()).toContain('The run has no task instance nothing.');
});
