// Builds everything: TypeScript to dist, the worker to one file, SQL beside the compiled store, the web page into the server.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from './build-page.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);

const compiled = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', ...process.argv.slice(2)], {
  stdio: 'inherit',
});

/** Bundles a program of this repository into one file of the sdk, which has no dependencies. */
async function bundle(entry, outfile, format) {
  if (!existsSync(entry)) return;
  const { build } = await import('esbuild');
  const ways = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };
  await build({ entryPoints: [entry], outfile, format, ...ways });
}

await bundle('packages/sdk/src/runner/main.ts', 'packages/sdk/dist/worker.cjs', 'cjs');
// The scheduler's plan, for tests of DAGs.
await bundle('packages/server/src/simulate/simulate.ts', 'packages/sdk/dist/testing.js', 'esm');

const from = 'packages/server/src/store/migrations';
const to = 'packages/server/dist/store/migrations';
mkdirSync(to, { recursive: true });
cpSync(from, to, { recursive: true });

const hasPage = await buildPage();
process.exit(hasPage ? (compiled.status ?? 1) : 1);
