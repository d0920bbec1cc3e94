import { faultText } from '../output/file-fault.ts';
import type { OutputFormat } from '../output/output-format.ts';
import { type Column, printRows } from '../output/print-rows.ts';
import { printable } from '../output/printable.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import { listAll } from '../rest/list-all.ts';

interface ImportError {
  readonly filename: string;
  readonly timestamp: string;
  readonly line: number | null;
  readonly position: number | null;
  /** One sentence, and below it what the file printed, if anything. */
  readonly stack_trace: string;
}

export async function listImportErrors(options: { readonly output: OutputFormat }): Promise<void> {
  const query = { order_by: 'filename' };
  const errors = await listAll<ImportError>(connect(), apiPath`importErrors`, 'import_errors', query);
  const terminal = terminalOf(process.stdout);
  const whenEmpty = 'Every DAG file can be used.';
  if (options.output === 'table') {
    if (errors.length === 0) return terminal.write(`${whenEmpty}\n`);
    // A sentence cut to the width of a table would lose the very part that helps.
    for (const { filename: file, line, position, stack_trace: message } of errors) {
      terminal.write(`${printable(faultText({ file, line, position, message }))}\n`);
    }
    return;
  }
  const columns: Column<ImportError>[] = [
    { key: 'file', value: (error) => error.filename },
    { key: 'line', value: (error) => error.line },
    { key: 'position', value: (error) => error.position },
    { key: 'message', value: (error) => error.stack_trace },
    { key: 'timestamp', value: (error) => error.timestamp, onlyData: true },
  ];
  await printRows(terminal, options.output, columns, errors, whenEmpty);
}
