import type { OutputFormat } from '../output/output-format.ts';
import { printRecord } from '../output/print-record.ts';
import { type Column, printRows } from '../output/print-rows.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import { listAll } from '../rest/list-all.ts';
import { explainOrigin } from '../secrets/explain-origin.ts';
import type { ConnectionBody } from './connection-body.ts';

export async function listConnections(options: { readonly output: OutputFormat }): Promise<void> {
  const query = { order_by: 'connection_id' };
  const connections = await listAll<ConnectionBody>(connect(), apiPath`connections`, 'connections', query);
  const columns: Column<ConnectionBody>[] = [
    { key: 'connection_id', title: 'connection', value: (each) => each.connection_id, whole: true },
    { key: 'conn_type', title: 'type', value: (each) => each.conn_type },
    { key: 'host', value: (each) => each.host },
    { key: 'port', value: (each) => each.port, right: true },
    { key: 'login', value: (each) => each.login },
    { key: 'password', value: (each) => each.password },
    { key: 'schema', value: (each) => each.schema },
    { key: 'extra', value: (each) => each.extra },
    { key: 'description', value: (each) => each.description },
  ];
  await printRows(terminalOf(process.stdout), options.output, columns, connections, 'There are no connections.');
}

export async function getConnection(
  id: string,
  options: { readonly explain?: true; readonly output: OutputFormat },
): Promise<void> {
  if (options.explain) return explainOrigin(apiPath`gantry/connections/${id}/origin`);
  const connection = await connect().send<ConnectionBody>(apiPath`connections/${id}`);
  await printRecord(terminalOf(process.stdout), options.output, { ...connection });
}
