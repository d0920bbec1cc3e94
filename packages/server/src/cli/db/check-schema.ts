import { readConfiguration } from '../../main/configuration.ts';
import { checkDatabase } from '../../main/database-schema.ts';
import { terminalOf } from '../output/terminal.ts';

export async function checkSchema(): Promise<void> {
  await checkDatabase(readConfiguration(process.env));
  terminalOf(process.stdout).write('The database answers, and its schema is the one this version needs.\n');
}
