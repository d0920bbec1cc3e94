import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type Message } from 'esbuild';
import { bundlePlugin, SDK_NAMESPACE } from './bundle-plugin.ts';
import { type ImportFailure, importFailure, type SourcePlace } from './import-failure.ts';
import { sha256 } from './sha256.ts';

/** One self-contained ES module. */
export interface Bundle {
  readonly code: string;
  /** SHA-256 of the code; the bundle's name everywhere. */
  readonly digest: string;
  /** The text of the DAG file itself. */
  readonly source: string;
  /** SHA-256 over the contents of everything the bundle is made of. */
  readonly fingerprint: string;
}

export interface Bundled {
  readonly kind: 'bundled';
  readonly bundle: Bundle;
  /** Absolute paths of the files in it. */
  readonly inputs: readonly string[];
  /** False when nothing in it imports the SDK, so that it can hold no DAG. */
  readonly importsSdk: boolean;
}

/** A worker reads its bundle whole. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * CommonJS packages in a bundle still ask for `require`, `__filename` and `__dirname`. esbuild renames what the author
 * calls `require`; the other two are replaced only where nobody has declared them.
 */
const BANNER = [
  "import { createRequire as __gantryCreateRequire } from 'node:module';",
  "import { fileURLToPath as __gantryPath } from 'node:url';",
  'const require = __gantryCreateRequire(import.meta.url);',
  "const __gantryFilename = __gantryPath(import.meta.url), __gantryDirname = __gantryPath(new URL('.', import.meta.url));",
].join(' ');

/** Bundles one DAG file; runs none of its code. `file` is relative to `folder`. */
export async function bundleDagFile(folder: string, file: string): Promise<Bundled | ImportFailure> {
  const built = await tryBuild(folder, file);
  if ('errors' in built) return failureOf(file, built.errors);
  const code = built.text;
  if (code.length > MOST_BYTES) {
    const mebibytes = Math.ceil(code.length / 1024 / 1024);
    return importFailure(file, `The bundle has ${mebibytes} MiB; at most 64 MiB are allowed.`);
  }
  const names = built.inputs;
  const importsSdk = names.some((name) => name.startsWith(`${SDK_NAMESPACE}:`));
  const inputs = names.filter((name) => !name.startsWith(`${SDK_NAMESPACE}:`)).map((name) => resolve(folder, name));
  const source = await readFile(join(folder, file), 'utf8').catch(() => null);
  if (source === null) return importFailure(file, 'The file vanished while it was read.');
  if (source.includes('\0') || code.includes('\0'))
    return importFailure(file, 'The file holds a NUL character, which cannot be stored.');
  const digest = sha256(code);
  return { kind: 'bundled', bundle: { code, digest, source, fingerprint: sha256(digest, source) }, inputs, importsSdk };
}

type Errors = readonly Pick<Message, 'text' | 'location'>[];
type Built = { readonly text: string; readonly inputs: readonly string[] } | { readonly errors: Errors };

async function tryBuild(folder: string, file: string): Promise<Built> {
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [join(folder, file)],
      absWorkingDir: folder,
      // Where nothing is written: it is what paths in the source map are relative to.
      outfile: join(folder, 'bundle.mjs'),
      write: false,
      bundle: true,
      metafile: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      charset: 'utf8',
      logLevel: 'silent',
      legalComments: 'none',
      // The same bundle on every machine, whatever lies in the folders above.
      tsconfigRaw: {},
      sourcemap: 'inline',
      sourcesContent: false,
      loader: { '.txt': 'text', '.sql': 'text', '.csv': 'text', '.md': 'text', '.yaml': 'text', '.yml': 'text' },
      banner: { js: BANNER },
      define: { __filename: '__gantryFilename', __dirname: '__gantryDirname' },
      plugins: [bundlePlugin(folder)],
    });
    return { text: outputFiles[0]!.text, inputs: Object.keys(metafile.inputs) };
  } catch (error) {
    const { errors } = error as { errors?: Errors };
    return { errors: errors ?? [{ text: (error as Error).message, location: null }] };
  }
}

function failureOf(file: string, errors: Errors): ImportFailure {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return importFailure(file, `${sentence(first?.text ?? 'The file cannot be bundled')}${more}`, placeOf(first));
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

function placeOf(message: Pick<Message, 'location'> | undefined): SourcePlace | null {
  const location = message?.location;
  if (!location) return null;
  return { file: location.file, line: location.line, position: location.column + 1 };
}
