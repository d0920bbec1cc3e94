import { exportedConnections } from '../../main/secret-export.ts';
import { secretConfiguration } from '../secrets/secret-configuration.ts';
import { writeSecretFile } from '../secrets/write-secret-file.ts';
import { connectionBodyOf } from './connection-entity.ts';

/** Writes what `connections import` reads. */
export async function exportConnections(file: string): Promise<void> {
  const connections = await exportedConnections(secretConfiguration());
  const value = Object.fromEntries(
    connections.map(({ connectionId, ...fields }) => [connectionId, connectionBodyOf(fields)]),
  );
  const count = connections.length === 1 ? '1 connection is' : `${connections.length} connections are`;
  writeSecretFile(file, value, count);
}
