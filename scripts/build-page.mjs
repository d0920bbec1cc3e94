// Builds the web page into the server's package, each file packed beside itself as the API server sends it. It takes
// some seconds, so it is left out while nothing that it is made of has changed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const UI = 'packages/ui';
const PAGE = 'packages/server/dist/page';
const BUILT = join(PAGE, '.built');

/** Gives whether the page stands. */
export async function buildPage() {
  const digest = digestOf([
    'package-lock.json',
    `${UI}/index.html`,
    `${UI}/vite.config.ts`,
    ...readdirSync(join(UI, 'src'), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort(),
  ]);
  if (existsSync(BUILT) && readFileSync(BUILT, 'utf8') === digest) return true;
  const { build } = await import('vite');
  try {
    await build({ root: UI, logLevel: 'warn' });
  } catch (error) {
    console.error(`The web page could not be built: ${error.message}`);
    return false;
  }
  const assets = join(PAGE, 'assets');
  for (const name of readdirSync(assets)) {
    const body = readFileSync(join(assets, name));
    const packed = gzipSync(body, { level: 9 });
    if (packed.length < body.length) writeFileSync(join(assets, `${name}.gz`), packed);
  }
  writeFileSync(BUILT, digest);
  return true;
}

function digestOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\n`).update(readFileSync(path));
  return hash.digest('hex');
}
