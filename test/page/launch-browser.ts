import { existsSync } from 'node:fs';
import chromiumPackage from '@sparticuz/chromium';
import { chromium } from 'playwright-core';

export interface LaunchedBrowser {
  /** Where other processes of the suite connect to it. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Of a browser that does nothing but what it is told: known to work headless, as root and without a graphics card. */
const ARGUMENTS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A Chromium with an empty profile: the one that npm has brought, or where that has none, the system's. */
export async function launchBrowser(): Promise<LaunchedBrowser> {
  const packaged = process.platform === 'linux' && process.arch === 'x64';
  const executablePath = packaged ? await chromiumPackage.executablePath() : INSTALLED.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(`The tests of the page need a Chromium: install one as ${INSTALLED.join(' or ')}.`);
  }
  const server = await chromium.launchServer({ executablePath, args: ARGUMENTS, headless: true });
  return { url: server.wsEndpoint(), close: () => server.close() };
}
