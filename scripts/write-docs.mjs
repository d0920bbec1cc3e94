// Writes the pages of docs/ that are made of tables in the code: configuration, errors, command line, REST API.
// test/docs fails while they are stale.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { install, requireNode, root } from './set-up.mjs';

requireNode();
if (!install()) {
  process.exit(2);
}
const { build } = await import('esbuild');
// What a command does is loaded when it runs; here only its name is wanted.
const withoutDeeds = {
  name: 'without-deeds',
  setup: (builder) =>
    builder.onResolve({ filter: /^\./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    ),
};
// Beside the compiled main room, since a file of that room looks for its package.json from there.
const bundle = join(root, 'packages/server/dist/main/write-docs.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['test/docs/generated-pages.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  alias: { '@gantry/sdk/model': join(root, 'packages/sdk/src/model/index.ts') },
  plugins: [withoutDeeds],
  logLevel: 'warning',
});
try {
  const { generatedPages } = await import(pathToFileURL(bundle).href);
  for (const [path, text] of Object.entries(generatedPages())) {
    writeFileSync(join(root, path), text);
    console.log(`Wrote ${path}.`);
  }
} finally {
  rmSync(bundle, { force: true });
}
// The same routes as a document and as types.
await import('./write-api-types.mjs');
