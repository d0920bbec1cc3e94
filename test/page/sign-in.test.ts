import { expect, test } from 'vitest';
import { expectAccessible, PHONE, place, visit } from './browser.ts';

test('who is not signed in is asked for name and password, and comes to the page that was opened', async () => {
  const page = await visit('/runs?state=failed', { isSignedIn: false });
  await page.getByLabel('User name').fill('admin');
  await page.getByRole('textbox', { name: 'Password' }).fill(place.password);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
  expect(new URL(page.url()).search).toBe('?state=failed');
});

test('a wrong password is answered with a sentence, on a phone as well', async () => {
  const page = await visit('/', { isSignedIn: false, width: PHONE });
  await page.getByLabel('User name').fill('nobody');
  await page.getByRole('textbox', { name: 'Password' }).fill('wrong password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  expect(await page.getByRole('alert').textContent()).toMatch(/wrong/);
  await expectAccessible(page);
});

test('who signs out is asked again, and the session is over', async () => {
  const page = await visit('/dags', { isSignedIn: false });
  await page.getByLabel('User name').fill('admin');
  await page.getByRole('textbox', { name: 'Password' }).fill(place.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'admin' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('User name').waitFor();
  await page.reload();
  await page.getByLabel('User name').waitFor();
});
