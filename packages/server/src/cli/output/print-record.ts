import type { OutputFormat } from './output-format.ts';
import { printData } from './print-data.ts';
import { displayWidth, printable } from './printable.ts';
import type { Terminal } from './terminal.ts';
import { valueText } from './value-text.ts';

/** Prints one thing: a line a field for people, or as JSON or YAML. Fields without a value are left out for people. */
export async function printRecord(
  terminal: Terminal,
  format: OutputFormat,
  record: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (format === 'json' || format === 'yaml') return printData(terminal, format, record);
  const rows = Object.entries(record).flatMap(([name, value]) => {
    const text = printable(valueText(value)).trim();
    return text === '' ? [] : [{ name: name.replaceAll('_', ' '), text }];
  });
  if (format === 'plain') {
    for (const { name, text } of rows) terminal.write(`${name}\t${text.replaceAll(/\s+/g, ' ')}\n`);
    return;
  }
  const width = Math.max(0, ...rows.map(({ name }) => displayWidth(name)));
  for (const { name, text } of rows) {
    const lines = text.split('\n').join(`\n${' '.repeat(width + 2)}`);
    terminal.write(`${terminal.colors.dim(name.padEnd(width))}  ${lines}\n`);
  }
}
