import { jsonObjectFile } from '../json-argument.ts';
import { terminalOf } from '../output/terminal.ts';
import { connect } from '../rest/connect.ts';
import { UsageError } from '../usage-error.ts';
import { putVariable } from './put-variable.ts';
import { MASK } from './variable-body.ts';

export async function importVariables(file: string): Promise<void> {
  const entries = Object.entries(jsonObjectFile(file));
  const masked = entries.filter(([, value]) => value === MASK).map(([key]) => key);
  if (masked.length > 0) {
    throw new UsageError(
      `${file}: ${masked.join(', ')} holds the mask ${MASK} and no value; write the value or leave it out.`,
    );
  }
  const client = connect();
  for (const [key, value] of entries) await putVariable(client, key, value);
  terminalOf(process.stdout).write(
    `${entries.length === 1 ? '1 variable is' : `${entries.length} variables are`} set.\n`,
  );
}
