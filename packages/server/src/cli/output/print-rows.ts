import type { OutputFormat } from './output-format.ts';
import { printData } from './print-data.ts';
import { printable } from './printable.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { valueText } from './value-text.ts';

/** A column of a list: what stands in the tables, and under which key in JSON and YAML. */
export interface Column<Row> {
  /** Key in JSON and YAML. */
  readonly key: string;
  /** Over the column; default: the key with spaces for underscores. */
  readonly title?: string;
  /** As in JSON: a string, number, boolean, null, list or object. */
  readonly value: (row: Row) => unknown;
  /** As people read it; default: the value itself. */
  readonly shown?: (row: Row) => string;
  readonly paint?: (row: Row) => (text: string) => string;
  readonly right?: boolean;
  readonly whole?: boolean;
  /** True leaves it out of `table`: for programs, or too long for a line. */
  readonly onlyData?: boolean;
}

/** Prints a list: `table` for people, `json` and `yaml` whole, `plain` as tab-separated lines without a head. */
export async function printRows<Row>(
  terminal: Terminal,
  format: OutputFormat,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  whenEmpty: string,
): Promise<void> {
  if (format === 'json' || format === 'yaml')
    return printData(
      terminal,
      format,
      rows.map((row) => record(columns, row)),
    );
  const shownColumns = columns.filter(({ onlyData }) => onlyData !== true);
  if (format === 'plain') {
    for (const row of rows) terminal.write(`${shownColumns.map((column) => cellText(column, row)).join('\t')}\n`);
    return;
  }
  if (rows.length === 0) return terminal.write(`${whenEmpty}\n`);
  // A column that is empty from top to bottom says nothing and takes the room of one that does.
  const filled = shownColumns.filter((column) => rows.some((row) => cellText(column, row) !== ''));
  const cells = rows.map((row) =>
    filled.map((column) => ({ text: cellText(column, row), paint: column.paint?.(row) })),
  );
  const heads = filled.map(({ key, title = key.replaceAll('_', ' '), right, whole }) => ({ title, right, whole }));
  terminal.write(table(heads, cells, terminal.width(), terminal.colors));
}

function record<Row>(columns: readonly Column<Row>[], row: Row): Record<string, unknown> {
  return Object.fromEntries(columns.map(({ key, value }) => [key, value(row)]));
}

function cellText<Row>({ value, shown }: Column<Row>, row: Row): string {
  const text = shown === undefined ? valueText(value(row)) : shown(row);
  return printable(text).replaceAll(/\s+/g, ' ').trim();
}
