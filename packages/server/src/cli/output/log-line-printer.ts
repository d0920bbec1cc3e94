import type { LogEntry } from '../rest/bodies.ts';
import { printable } from './printable.ts';
import type { Terminal } from './terminal.ts';

/** Prints lines of a task's log. Without `timestamps` the text alone, so that what a task prints comes out as it went in. */
export function logLinePrinter({ write, colors }: Terminal, timestamps: boolean): (entry: LogEntry) => void {
  const paint = (level: string): ((text: string) => string) =>
    level === 'error' ? colors.red : level === 'warning' ? colors.yellow : (text) => text;
  return ({ timestamp, level, event }) => {
    const text = paint(level)(printable(event));
    write(timestamps ? `${colors.dim(timestamp)} ${paint(level)(level.padEnd(7))} ${text}\n` : `${text}\n`);
  };
}
