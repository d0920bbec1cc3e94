import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';

export async function deletePool(name: string): Promise<void> {
  await connect().send(apiPath`pools/${name}`, { method: 'DELETE' });
  terminalOf(process.stdout).write(`Pool ${name} is deleted.\n`);
}
