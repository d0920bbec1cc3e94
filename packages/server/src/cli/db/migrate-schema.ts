import { readConfiguration } from '../../main/configuration.ts';
import { migrateDatabase } from '../../main/database-schema.ts';
import { terminalOf } from '../output/terminal.ts';

export async function migrateSchema(): Promise<void> {
  const { write } = terminalOf(process.stdout);
  const applied = await migrateDatabase(readConfiguration(process.env));
  for (const file of applied) write(`Applied ${file}.\n`);
  write(applied.length === 0 ? 'The schema was up to date.\n' : 'The schema is up to date.\n');
}
