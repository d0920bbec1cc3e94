// Writes the OpenAPI document of the REST API, and the types that the web page knows it by, from the routes' schemas.
// test/docs fails while they are stale.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { install, requireNode, root } from './set-up.mjs';

requireNode();
if (!install()) process.exit(2);
const { build } = await import('esbuild');
const bundle = join(root, 'packages/server/dist/main/write-api-types.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['test/docs/api-types.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  alias: { '@gantry/sdk/model': join(root, 'packages/sdk/src/model/index.ts') },
  logLevel: 'warning',
});
try {
  const { apiFiles } = await import(pathToFileURL(bundle).href);
  for (const [path, text] of Object.entries(await apiFiles())) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(`Wrote ${path}.`);
  }
} finally {
  rmSync(bundle, { force: true });
}
