import { readFileSync } from 'node:fs';
import { isSensitiveName } from '@gantry/sdk/model';
import { terminalOf } from '../output/terminal.ts';
import { connect } from '../rest/connect.ts';
import { UsageError } from '../usage-error.ts';
import { putVariable } from './put-variable.ts';

/** A value from standard input does not show in the list of processes; its last line break is not part of it. */
export async function setVariable(
  key: string,
  given: string,
  options: { readonly description?: string },
): Promise<void> {
  if (given !== '-' && isSensitiveName(key)) {
    throw new UsageError(
      `The key ${key} sounds like a secret, and an argument shows in the list of processes: give the value by standard input, gantry variables set ${key} -`,
    );
  }
  const value = given === '-' ? readFileSync(0, 'utf8').replace(/\r?\n$/, '') : given;
  const done = await putVariable(connect(), key, value, options.description);
  terminalOf(process.stdout).write(`Variable ${key} is ${done}.\n`);
}
