import { join } from 'node:path';
import { build } from 'esbuild';
import { doorOf } from './author-source.ts';

export interface ChildProgram {
  /** Loads a bundle and answers. */
  readonly load: string;
  /** Watches the limits from a thread of its own. */
  readonly watch: string;
}

let program: Promise<ChildProgram> | null = null;

/** The child's two files, each as one CommonJS text: they run the same from source and from the build. */
export function childProgram(): Promise<ChildProgram> {
  program ??= bundleProgram();
  return program;
}

async function bundleProgram(): Promise<ChildProgram> {
  const [load, watch] = await Promise.all([bundleFile('load-bundle'), bundleFile('watch-main')]);
  return { load, watch };
}

async function bundleFile(name: string): Promise<string> {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'child', `${name}.${ending}`)],
    alias: { '@gantry/sdk/model': doorOf('model').file },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
    tsconfigRaw: {},
  });
  return outputFiles[0]!.text;
}
