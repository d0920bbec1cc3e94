import { writeFileSync } from 'node:fs';
import { exportedVariables } from '../../main/secret-export.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import { listAll } from '../rest/list-all.ts';
import { secretConfiguration } from '../secrets/secret-configuration.ts';
import { writeSecretFile } from '../secrets/write-secret-file.ts';
import { MASK, type VariableBody } from './variable-body.ts';

/** Writes keys and values for `variables import`. What the API masks is left out and told. */
export async function exportVariables(file: string, options: { readonly withSecrets?: true } = {}): Promise<void> {
  if (options.withSecrets) {
    const variables = await exportedVariables(secretConfiguration());
    const count = variables.length === 1 ? '1 variable is' : `${variables.length} variables are`;
    return writeSecretFile(file, Object.fromEntries(variables), count);
  }
  const all = await listAll<VariableBody>(connect(), apiPath`variables`, 'variables', { order_by: 'key' });
  const shown = all.filter(({ value }) => value !== MASK);
  const text = `${JSON.stringify(Object.fromEntries(shown.map(({ key, value }) => [key, value])), null, 2)}\n`;
  if (file === '-') terminalOf(process.stdout).write(text);
  else {
    writeFileSync(file, text, { mode: 0o600 });
    terminalOf(process.stdout).write(
      `${shown.length === 1 ? '1 variable is' : `${shown.length} variables are`} in ${file}.\n`,
    );
  }
  const left = all.filter(({ value }) => value === MASK).map(({ key }) => key);
  if (left.length === 0) return;
  terminalOf(process.stderr).write(`Left out, because the API shows no secret values: ${left.join(', ')}.\n`);
}
