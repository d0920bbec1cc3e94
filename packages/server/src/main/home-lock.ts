import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GantryError } from '@gantry/sdk/model';
import { processIdentity } from './process-identity.ts';

const ROUNDS = 10;

/**
 * Takes GANTRY_HOME for this process and answers how to give it back. Throws home_in_use with the holder's process id.
 * A lock whose holder is gone is taken over. The lock is a file with the holder's identity that appears whole, by a
 * link, so that two starts at once cannot both see themselves in it.
 */
export function lockHome(home: string, pid: number): () => void {
  mkdirSync(home, { recursive: true, mode: 0o755 });
  const path = join(home, 'standalone.lock');
  const own = `${path}.${pid}`;
  const identity = processIdentity(pid) ?? String(pid);
  writeFileSync(own, identity, { mode: 0o600 });
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      if (link(own, path)) return () => release(path, identity);
      const holder = read(path);
      if (holder !== null && isAlive(holder)) throw inUse(home, holder);
      if (holder !== null) setAside(path, holder, `${own}.old`);
    }
  } finally {
    rmSync(own, { force: true });
  }
  throw inUse(home, 'unknown');
}

/** The lock of a dead holder is moved away first and then looked at: if meanwhile somebody took it, it is put back. */
function setAside(path: string, dead: string, aside: string): void {
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (read(aside) !== dead) link(aside, path);
  rmSync(aside, { force: true });
}

function release(path: string, identity: string): void {
  if (read(path) === identity) rmSync(path, { force: true });
}

function isAlive(holder: string): boolean {
  return processIdentity(Number(holder.split(' ')[0])) === holder;
}

function inUse(home: string, holder: string): GantryError {
  return new GantryError(
    'home_in_use',
    `Another standalone runs on ${home} (process ${holder.split(' ')[0]}): stop it, or set GANTRY_HOME to another folder.`,
  );
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
