import { join } from 'node:path';
import { build } from 'esbuild';
import { doorOf } from './author-source.ts';

let text: Promise<string> | null = null;

/** The child's program as one CommonJS text: it runs the same from source and from the build. */
export function childProgram(): Promise<string> {
  text ??= bundleProgram();
  return text;
}

async function bundleProgram(): Promise<string> {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'child', `load-bundle.${ending}`)],
    bundle: true,
    alias: { '@gantry/sdk/model': doorOf('model').file },
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
    tsconfigRaw: {},
  });
  return outputFiles[0]!.text;
}
