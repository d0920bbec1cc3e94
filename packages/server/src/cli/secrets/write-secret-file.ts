import { closeSync, fchmodSync, openSync, writeFileSync } from 'node:fs';
import { terminalOf } from '../output/terminal.ts';

/** Writes JSON that holds secrets: to a file of its owner's only, whatever it was before, or for `-` to standard output. */
export function writeSecretFile(file: string, value: unknown, what: string): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (file === '-') {
    terminalOf(process.stdout).write(text);
    return;
  }
  const descriptor = openSync(file, 'w', 0o600);
  try {
    fchmodSync(descriptor, 0o600);
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
  terminalOf(process.stdout).write(`${what} in ${file}.\n`);
  terminalOf(process.stderr).write(
    `${file} holds secrets in plain text: keep it away from others, and delete it soon.\n`,
  );
}
