// Builds everything: TypeScript to dist, the worker to one file, SQL beside the compiled store.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);

const compiled = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', ...process.argv.slice(2)], {
  stdio: 'inherit',
});

const worker = 'packages/sdk/src/runner/main.ts';
if (existsSync(worker)) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [worker],
    outfile: 'packages/sdk/dist/worker.cjs',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
  });
}

// The scheduler's plan for tests of DAGs: one file without dependencies, as all of the sdk.
const simulator = 'packages/server/src/simulate/simulate.ts';
if (existsSync(simulator)) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [simulator],
    outfile: 'packages/sdk/dist/testing.js',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
}

const from = 'packages/server/src/store/migrations';
const to = 'packages/server/dist/store/migrations';
mkdirSync(to, { recursive: true });
cpSync(from, to, { recursive: true });
process.exit(compiled.status ?? 1);
