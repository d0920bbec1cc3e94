import { jsonObjectFile } from '../json-argument.ts';
import { terminalOf } from '../output/terminal.ts';
import { bulkSet } from '../rest/bulk-set.ts';
import { connectionEntity } from './connection-entity.ts';

export async function importConnections(file: string): Promise<void> {
  const entities = Object.entries(jsonObjectFile(file)).map(([id, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return connectionEntity(id, text, `${file}: the connection ${JSON.stringify(id)}`);
  });
  await bulkSet('connections', entities);
  terminalOf(process.stdout).write(
    entities.length === 1 ? '1 connection is set.\n' : `${entities.length} connections are set.\n`,
  );
}
