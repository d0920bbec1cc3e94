import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How the command line reaches the API server of a standalone. */
export interface Connection {
  readonly url: string;
  readonly token: string;
}

const NAME = 'connection.json';

/** Writes it for the owner only; answers the path. */
export function writeConnection(home: string, connection: Connection): string {
  const path = join(home, NAME);
  rmSync(path, { force: true });
  writeFileSync(path, `${JSON.stringify(connection, null, 2)}\n`, { mode: 0o600 });
  return path;
}

/** The connection of the standalone that runs on `home`; null when there is none. */
export function readConnection(home: string): Connection | null {
  try {
    const { url, token } = JSON.parse(readFileSync(join(home, NAME), 'utf8')) as Partial<Connection>;
    return typeof url === 'string' && typeof token === 'string' ? { url, token } : null;
  } catch {
    return null;
  }
}

export function removeConnection(home: string): void {
  rmSync(join(home, NAME), { force: true });
}
