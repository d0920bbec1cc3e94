import { readFileSync } from 'node:fs';
import { terminalOf } from '../output/terminal.ts';
import { connect } from '../rest/connect.ts';
import { putVariable } from './put-variable.ts';

/** A value from standard input does not show in the list of processes; its last line break is not part of it. */
export async function setVariable(
  key: string,
  given: string,
  options: { readonly description?: string },
): Promise<void> {
  const value = given === '-' ? readFileSync(0, 'utf8').replace(/\r?\n$/, '') : given;
  const done = await putVariable(connect(), key, value, options.description);
  terminalOf(process.stdout).write(`Variable ${key} is ${done}.\n`);
}
