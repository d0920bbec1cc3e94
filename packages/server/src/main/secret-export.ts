import { type OpenConnection, openConnection } from '../secrets/stored-connection.ts';
import { listConnections } from '../store/list-connections.ts';
import type { Listed, Page } from '../store/list-page.ts';
import { listVariables } from '../store/list-variables.ts';
import type { Configuration } from './configuration.ts';
import { withSecretStore } from './secret-store.ts';

const PAGE_ROWS = 1000;

/** Every variable with its value, out of the database itself. Throws `secret_unreadable` for one that does not open. */
export function exportedVariables(configuration: Configuration): Promise<readonly (readonly [string, string])[]> {
  return withSecretStore(configuration, async ({ database, box }) => {
    const rows = await everyRow((page) => listVariables(database, {}, page));
    return rows.map((row) => [row.key, box.open(row, { table: 'variable', row: row.key, field: 'value' })] as const);
  });
}

/** Every connection with its password and extra, out of the database itself. Throws `secret_unreadable`. */
export function exportedConnections(configuration: Configuration): Promise<readonly OpenConnection[]> {
  return withSecretStore(configuration, async ({ database, box }) => {
    const rows = await everyRow((page) => listConnections(database, {}, page));
    return rows.map((row) => openConnection(box, row));
  });
}

async function everyRow<Row>(list: (page: Page) => Promise<Listed<Row>>): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const page = await list({ orderBy: [], limit: PAGE_ROWS, offset: rows.length });
    rows.push(...page.rows);
    if (page.rows.length < PAGE_ROWS) return rows;
  }
}
