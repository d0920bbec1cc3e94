import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './left-over.ts';
import { giveTo, type Places } from './places.ts';
import type { RunAs } from './run-as.ts';
import { startFailure } from './start-failure.ts';

import { SUPERUSER } from './superuser.ts';

const DRAFT = /^(?:data|password)\.new-(\d+)$/;

/**
 * Makes the data folder unless it is there. initdb works in a folder beside it, which is renamed at the end: what a
 * killed start left half made is never taken for a database, and of two starts at once one wins.
 * The locale provider `builtin` needs no locale of the system and its sort order never changes under an index.
 */
export async function initialize(binaries: string, places: Places, runAs: RunAs | undefined): Promise<void> {
  removeDrafts(places.base);
  if (existsSync(join(places.data, 'PG_VERSION'))) {
    return;
  }
  const draft = join(places.base, `data.new-${process.pid}`);
  const passwordFile = join(places.base, `password.new-${process.pid}`);
  try {
    mkdirSync(draft, { mode: 0o700 });
    giveTo(runAs, draft);
    writeFileSync(passwordFile, places.password, { mode: 0o600 });
    giveTo(runAs, passwordFile);
    const flags = [
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
    ];
    const login = [`--username=${SUPERUSER}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    await run(join(binaries, 'bin', 'initdb'), [`--pgdata=${draft}`, ...flags, ...login], places.base, runAs);
    renameSync(draft, places.data);
  } catch (error) {
    if (!existsSync(join(places.data, 'PG_VERSION'))) {
      throw startFailure(error, places);
    }
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

/** A draft carries the pid of its maker; one whose maker is gone (or is us, before we began) is nobody's. */
function removeDrafts(base: string): void {
  for (const name of readdirSync(base)) {
    const maker = Number(DRAFT.exec(name)?.[1]);
    if (maker > 0 && (maker === process.pid || !isAlive(maker))) {
      rmSync(join(base, name), { recursive: true, force: true });
    }
  }
}

/** What the server's processes see of our environment: nothing that could change their behaviour. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

function run(program: string, args: string[], cwd: string, runAs: RunAs | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: SERVER_ENVIRONMENT,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(runAs && { uid: runAs.uid, gid: runAs.gid }),
    });
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told = (told + text).slice(-4_000);
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(told.trim() || `initdb ended with ${code}`)),
    );
  });
}
