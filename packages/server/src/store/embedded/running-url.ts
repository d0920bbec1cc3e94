import { join } from 'node:path';
import { readPidFile } from './left-over.ts';
import { preparedPlaces } from './places.ts';
import { serverUser } from './run-as.ts';
import { SUPERUSER } from './superuser.ts';

/** The URL of the embedded server that another process runs on a folder; null when none is ready. Never log it. */
export function runningUrl(folder: string): string | null {
  const { data, password } = preparedPlaces(folder, serverUser());
  const server = readPidFile(join(data, 'postmaster.pid'));
  return server?.isReady === true ? embeddedUrl(password, server.port) : null;
}

/** Contains the password: never log it. */
export function embeddedUrl(password: string, port: number): string {
  return `postgresql://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${SUPERUSER}`;
}
