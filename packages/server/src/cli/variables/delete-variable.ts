import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';

export async function deleteVariable(key: string): Promise<void> {
  await connect().send(apiPath`variables/${key}`, { method: 'DELETE' });
  terminalOf(process.stdout).write(`Variable ${key} is deleted.\n`);
}
