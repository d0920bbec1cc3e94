import { join } from 'node:path';
import type { SecretSource } from '../secret-source.ts';
import { boundedFile } from './bounded-file.ts';

/** Names that are one part of a path and stay in the folder; also what a key of a Kubernetes Secret may be. */
const FILE_NAME = /^(?!\.\.?$)(?!\.\.)[A-Za-z0-9._-]{1,250}$/;

/**
 * Folders with a file for each variable (named by its key) and each connection (named by its id; a URI or JSON), as
 * Kubernetes mounts a Secret. Each is read when it is asked for, so that a changed Secret counts without a restart. The
 * line's end behind a value is not part of it. Null for a folder that is not used.
 */
export function mountedFolder(folders: {
  readonly variables: string | null;
  readonly connections: string | null;
}): SecretSource {
  return {
    name: `folder ${[folders.variables, folders.connections].filter((folder) => folder !== null).join(' and ')}`,
    variable: (key) => readIn(folders.variables, key),
    connection: (id) => readIn(folders.connections, id),
  };
}

async function readIn(folder: string | null, name: string): Promise<string | null> {
  if (folder === null || !FILE_NAME.test(name)) return null;
  const text = await boundedFile(join(folder, name));
  return text === null ? null : text.replace(/\r?\n$/, '');
}
