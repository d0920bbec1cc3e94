import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import { explainOrigin } from '../secrets/explain-origin.ts';
import type { VariableBody } from './variable-body.ts';

export async function getVariable(key: string, options: { readonly explain?: true }): Promise<void> {
  if (options.explain) return explainOrigin(apiPath`gantry/variables/${key}/origin`);
  const variable = await connect().send<VariableBody>(apiPath`variables/${key}`);
  terminalOf(process.stdout).write(`${variable.value}\n`);
}
