import type { OutputFormat } from '../output/output-format.ts';
import { printRecord } from '../output/print-record.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import type { PoolBody } from './pool-body.ts';

export async function getPool(name: string, options: { readonly output: OutputFormat }): Promise<void> {
  const pool = await connect().send<PoolBody>(apiPath`pools/${name}`);
  await printRecord(terminalOf(process.stdout), options.output, { ...pool });
}
