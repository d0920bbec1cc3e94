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
  const room = Math.max(20, (terminal.width() ?? Number.POSITIVE_INFINITY) - width - 2);
  for (const { name, text } of rows) {
    const lines = text.split('\n').flatMap((line) => wrapped(line, room));
    terminal.write(`${terminal.colors.dim(name.padEnd(width))}  ${lines.join(`\n${' '.repeat(width + 2)}`)}\n`);
  }
}

/** A line broken between words; a word longer than the room stays whole, so that it can be copied. */
function wrapped(line: string, room: number): string[] {
  const lines: string[] = [];
  let rest = '';
  for (const word of line.split(' ')) {
    const longer = rest === '' ? word : `${rest} ${word}`;
    if (rest !== '' && displayWidth(longer) > room) {
      lines.push(rest);
      rest = word;
    } else rest = longer;
  }
  return [...lines, rest];
}
