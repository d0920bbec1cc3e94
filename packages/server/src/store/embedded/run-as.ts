import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { GantryError } from '@gantry/sdk/model';

/** The user that the server's processes run as. */
export interface RunAs {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root, so as root it runs as `postgres`, or `nobody` where there is no such user.
 * Undefined: this process is not root, and the server runs as its user.
 */
export function serverUser(): RunAs | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const users = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name = '', , uid, gid]) => [name, { name, uid: Number(uid), gid: Number(gid) }]),
  );
  const found = users.get('postgres') ?? users.get('nobody');
  if (found === undefined || !(found.uid > 0)) {
    throw new GantryError(
      'unavailable',
      'The embedded PostgreSQL cannot run as root, and /etc/passwd has neither a user postgres nor nobody: start Gantry as another user, or set [database] url.',
    );
  }
  return found;
}

/** Whether `user` can enter every folder from the root down to `folder`, itself included. */
export function canEnter(user: RunAs, folder: string): boolean {
  for (let path = folder; ; path = dirname(path)) {
    const { mode, uid, gid } = statSync(path);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) {
      return false;
    }
    if (path === dirname(path)) {
      return true;
    }
  }
}
