import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ClaimAnswer } from '../model/execution-api.ts';
import { refuseOtherDelivery } from './delivered-folder.ts';
import { ConfigurationFault } from './failures.ts';

/** A bundle that lies in a file and is what its digest says. */
export interface BundleFile {
  readonly path: string;
  readonly bytes: number;
  /** Folder that was made for it alone; null when it lies in the bundle folder. */
  readonly ownFolder: string | null;
}

/** The text of the bundle in the folder, or null. It is checked after the claim. */
export function readBundle(folder: string | null, digest: string | null): string | null {
  if (folder === null || digest === null || !isDigest(digest)) return null;
  try {
    return readFileSync(fileOf(folder, digest), 'utf8');
  } catch {
    return null;
  }
}

/**
 * Puts the bundle of the claim into a file, checked. Throws ConfigurationFault when it is not the one of the claim, or
 * when the folder was delivered with other bundles.
 */
export function placeBundle(answer: ClaimAnswer, folder: string | null, heldText: string | null): BundleFile {
  const digest = answer.bundleDigest;
  const held = heldText !== null && digestOf(heldText) === digest;
  if (held && folder !== null) return { path: fileOf(folder, digest), bytes: heldText.length, ownFolder: null };
  if (heldText === null && folder !== null) refuseOtherDelivery(folder, answer);
  const text = answer.bundle ?? heldText;
  if (text === null) {
    throw new ConfigurationFault(`The API server sent no bundle, and the worker holds none with the digest ${digest}.`);
  }
  const found = digestOf(text);
  if (found !== digest) {
    throw new ConfigurationFault(
      `The bundle has the SHA-256 digest ${found}, but the run is pinned to ${digest}; build or copy the bundle anew.`,
      { found, expected: digest },
    );
  }
  return (folder === null ? null : intoFolder(folder, digest, text)) ?? intoOwnFolder(digest, text);
}

/** Removes what `placeBundle` made for this process alone. */
export function removeBundle(bundle: BundleFile): void {
  if (bundle.ownFolder === null) return;
  unlinkSync(bundle.path);
  rmdirSync(bundle.ownFolder);
}

/**
 * Evaluates the bundle and gives its exports. By `require`, which is faster, where this Node can do so with ES modules;
 * by `import()` where it cannot or where the bundle awaits at its top level, which Node finds out before it runs a line.
 */
export async function evaluateBundle(path: string): Promise<object> {
  const emitWarning = process.emitWarning;
  // Some versions of Node 20 and 22 warn that require() of an ES module is new; users need not read that.
  process.emitWarning = () => {};
  try {
    return createRequire(path)(path) as object;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException | null)?.code;
    if (code !== 'ERR_REQUIRE_ASYNC_MODULE' && code !== 'ERR_REQUIRE_ESM') throw error;
  } finally {
    process.emitWarning = emitWarning;
  }
  return (await import(pathToFileURL(path).href)) as object;
}

function fileOf(folder: string, digest: string): string {
  return join(folder, `${digest}.mjs`);
}

function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** Public for its first use, which costs the most and may be done while something else is waited for. */
export function digestOf(text: string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex');
}

/** For the next worker too; null when the folder cannot be written. */
function intoFolder(folder: string, digest: string, text: string): BundleFile | null {
  const path = fileOf(folder, digest);
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(unfinished, text);
    renameSync(unfinished, path);
    return { path, bytes: text.length, ownFolder: null };
  } catch {
    return null;
  }
}

function intoOwnFolder(digest: string, text: string): BundleFile {
  const ownFolder = mkdtempSync(join(tmpdir(), 'gantry-bundle-'));
  const path = fileOf(ownFolder, digest);
  writeFileSync(path, text);
  return { path, bytes: text.length, ownFolder };
}
