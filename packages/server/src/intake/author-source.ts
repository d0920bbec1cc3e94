import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/** What a DAG file may import of the SDK, and the door it leads to. */
const DOORS: { readonly [specifier: string]: string } = { '@gantry/sdk': 'author', '@gantry/sdk/model': 'model' };

/** The running copy of the SDK as one text a door, so that a DAG folder needs none of its own. */
const texts = new Map<string, Promise<string>>();

export const SDK_IMPORT = /^@gantry\/sdk(\/model)?$/;

export function authorSource(specifier: string): Promise<string> {
  const known = texts.get(specifier);
  if (known !== undefined) return known;
  const text = bundleDoor(DOORS[specifier] ?? specifier);
  texts.set(specifier, text);
  return text;
}

/** Run from source, as tests do, the SDK is taken from source too. */
export function doorOf(door: string): { readonly root: string; readonly file: string } {
  const root = dirname(createRequire(import.meta.url).resolve('@gantry/sdk/package.json'));
  const built = !import.meta.url.endsWith('.ts');
  return { root, file: join(root, built ? 'dist' : 'src', door, built ? 'index.js' : 'index.ts') };
}

async function bundleDoor(door: string): Promise<string> {
  const { root, file } = doorOf(door);
  const { outputFiles } = await build({
    entryPoints: [file],
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
    tsconfigRaw: {},
    legalComments: 'none',
    // Without the names of its own files, which would differ between source and build.
    minifyWhitespace: true,
  });
  return outputFiles[0]!.text;
}
