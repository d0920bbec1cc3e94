import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { install, requireNode, root } from './set-up.mjs';

/**
 * Runs a TypeScript file of the repository that exports a function `exported`, and writes what it answers: texts by path from the
 * root. `plugins` are esbuild's.
 */
export async function writeFilesOf(entry, exported, plugins = []) {
  requireNode();
  if (!install()) process.exit(2);
  const { build } = await import('esbuild');
  // Beside the compiled main room, since a file of that room looks for its package.json from there.
  const bundle = join(root, 'packages/server/dist/main', `written-by-${basename(entry, '.ts')}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    alias: { '@gantry/sdk/model': join(root, 'packages/sdk/src/model/index.ts') },
    plugins,
    logLevel: 'warning',
  });
  try {
    const files = await (await import(pathToFileURL(bundle).href))[exported]();
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
      console.log(`Wrote ${path}.`);
    }
  } finally {
    rmSync(bundle, { force: true });
  }
}
