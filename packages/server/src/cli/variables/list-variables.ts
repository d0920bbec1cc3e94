import type { OutputFormat } from '../output/output-format.ts';
import { type Column, printRows } from '../output/print-rows.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import { listAll } from '../rest/list-all.ts';
import type { VariableBody } from './variable-body.ts';

export async function listVariables(options: { readonly output: OutputFormat }): Promise<void> {
  const variables = await listAll<VariableBody>(connect(), apiPath`variables`, 'variables', { order_by: 'key' });
  const columns: Column<VariableBody>[] = [
    { key: 'key', value: (variable) => variable.key, whole: true },
    { key: 'value', value: (variable) => variable.value },
    { key: 'description', value: (variable) => variable.description },
  ];
  await printRows(terminalOf(process.stdout), options.output, columns, variables, 'There are no variables.');
}
