import type { Terminal } from './terminal.ts';

/** Prints any plain value as JSON or YAML. Texts such as `yes` are quoted, since kubectl reads YAML 1.1. */
export async function printData(terminal: Terminal, format: 'json' | 'yaml', value: unknown): Promise<void> {
  if (format === 'json') return terminal.write(`${JSON.stringify(value, null, 2)}\n`);
  const { stringify } = await import('yaml');
  terminal.write(stringify(value, { version: '1.1' }));
}
