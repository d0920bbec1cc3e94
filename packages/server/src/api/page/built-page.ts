import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** One file of the page as it is sent. */
export interface PageFile {
  readonly contentType: string;
  readonly body: Buffer;
  /** The same by gzip; null where that is no smaller. */
  readonly gzipped: Buffer | null;
}

/** The page as scripts/build-page.mjs has left it in a folder. */
export interface BuiltPage {
  /** index.html, in which CSP_NONCE stands for the nonce of each answer. */
  readonly index: string;
  /** Whose names hold a hash of what is in them. */
  readonly assets: ReadonlyMap<string, PageFile>;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/**
 * Reads the page into memory (some megabytes), so that a name in a URL is looked up and never becomes a path. Null when
 * the folder holds no page: it was not built.
 */
export function readBuiltPage(folder: string): BuiltPage | null {
  const index = read(join(folder, 'index.html'));
  if (index === null) return null;
  const assets = join(folder, 'assets');
  const named = readdirSync(assets).flatMap((name): [string, PageFile][] => {
    const contentType = CONTENT_TYPES[extname(name)];
    const body = contentType === undefined ? null : read(join(assets, name));
    if (contentType === undefined || body === null) return [];
    return [[name, { contentType, body, gzipped: read(join(assets, `${name}.gz`)) }]];
  });
  return { index: index.toString('utf8'), assets: new Map(named) };
}

function read(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return null;
    throw error;
  }
}
