import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import type { VariableBody } from './variable-body.ts';

export async function getVariable(key: string): Promise<void> {
  const variable = await connect().send<VariableBody>(apiPath`variables/${key}`);
  terminalOf(process.stdout).write(`${variable.value}\n`);
}
