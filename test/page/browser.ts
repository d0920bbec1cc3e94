import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, expect, inject } from 'vitest';

/** The server that all files of the suite share, with its runs. */
export const place = inject('page');

export const DESKTOP = 1280;
export const PHONE = 390;

interface Visit {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly isSignedIn?: boolean;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let browser: Browser | undefined;
const opened: { readonly page: Page; readonly faults: string[] }[] = [];

/** Opens a path in a profile of its own, as admin unless it is said otherwise. It is closed after the test. */
export async function visit(
  path: string,
  { width = DESKTOP, colorScheme, isSignedIn = true }: Visit = {},
): Promise<Page> {
  browser ??= await chromium.connect(place.browserUrl);
  const context = await browser.newContext({
    baseURL: place.url,
    viewport: { width, height: width === PHONE ? 844 : 860 },
    colorScheme: colorScheme ?? 'light',
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Berlin',
  });
  const [name, value] = place.cookie;
  if (isSignedIn) await context.addCookies([{ name, value, url: place.url }]);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // A refused request is no fault of the page; it shows what the API said.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text());
  });
  opened.push({ page, faults });
  await page.goto(path);
  return page;
}

afterEach(async () => {
  const all = opened.splice(0);
  await Promise.all(all.map(({ page }) => page.context().close()));
  expect(all.flatMap(({ faults }) => faults)).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  browser = undefined;
});

/** Axe finds nothing serious in what the page shows now, in light and in dark; and nothing is wider than the screen. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(AXE);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' });
    const found = await page.evaluate<AxeResults>('axe.run()');
    const serious = found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${colorScheme}: ${id}: ${nodes.map((node) => node.html).join(' ')}`);
    expect(serious).toEqual([]);
  }
  expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(
    0,
  );
}
