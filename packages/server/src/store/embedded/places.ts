import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { canEnter, type RunAs } from './run-as.ts';
import { newPassword } from './system-password.ts';

/** Where the parts of one embedded server lie. */
export interface Places {
  /** The folder that the caller named; holds the password and the log. */
  readonly folder: string;
  /** Where the data folder is made; the server's user can enter it. */
  readonly base: string;
  /** Where binaries are copied to when they cannot be run in place. */
  readonly binaries: string;
  readonly data: string;
  readonly log: string;
  readonly password: string;
}

/** Data of a server whose own user cannot enter the caller's folder (for instance below /root) lies here. */
const SYSTEM_FOLDER = '/var/lib/gantry';

/** Makes the folders and the password, or finds those of an earlier start. */
export function preparedPlaces(folder: string, runAs: RunAs | undefined): Places {
  const own = resolve(folder);
  const isNew = !existsSync(own);
  mkdirSync(own, { recursive: true, mode: runAs ? 0o711 : 0o700 });
  if (runAs && isNew) {
    // Whatever the umask took away: the server's user must be able to pass through.
    chmodSync(own, 0o711);
  }
  // One folder has one name, whatever links lead to it: the server's command line and its digest contain it.
  const real = realpathSync(own);
  const isOpen = runAs === undefined || canEnter(runAs, real);
  const base = isOpen ? real : systemFolder(real);
  return {
    folder: own,
    base,
    binaries: isOpen ? real : SYSTEM_FOLDER,
    data: join(base, 'data'),
    log: join(own, 'postgres.log'),
    password: keptPassword(join(own, 'password')),
  };
}

/** The folder's digest keeps two homes of the same name apart. */
function systemFolder(folder: string): string {
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  // Without the dot of `.gantry`, which would hide it from whoever looks for the space.
  const name = `${basename(dirname(folder))}-${basename(folder)}`.replace(/^\.+/, '');
  const base = join(SYSTEM_FOLDER, `${name}-${digest}`);
  mkdirSync(base, { recursive: true, mode: 0o755 });
  return base;
}

/**
 * The folder's password, made once. It appears whole or not at all: of two starts at once the second would otherwise
 * read the file between its making and its filling, and begin with an empty password.
 */
function keptPassword(file: string): string {
  if (!existsSync(file)) {
    const draft = `${file}.new-${process.pid}`;
    writeFileSync(draft, newPassword(), { mode: 0o600 });
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }
  return readFileSync(file, 'utf8').trim();
}

/** Gives a path to the server's user; nothing to do when the server runs as this process's own. */
export function giveTo(runAs: RunAs | undefined, path: string): void {
  if (runAs) {
    chownSync(path, runAs.uid, runAs.gid);
  }
}
