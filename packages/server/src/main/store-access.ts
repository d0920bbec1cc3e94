import { GantryError } from '@gantry/sdk/model';
import { openDatabase } from '../store/connect.ts';
import type { Database } from '../store/database.ts';
import { checkSchema } from '../store/migrator.ts';
import type { Configuration } from './configuration.ts';

/** Opens the configured database for one process and refuses a schema of another version. */
export async function openStore(configuration: Configuration, part: string): Promise<Database> {
  const { url, pool_size: poolSize } = configuration.config.database;
  if (url === '') {
    throw new GantryError(
      'configuration_invalid',
      `[database] url is not set, and ${part} needs one. Set it, or use gantry standalone, which brings a database of its own.`,
    );
  }
  return openChecked({ url, applicationName: `gantry ${part}`, poolSize });
}

/** Opens a database and refuses a schema of another version. */
export async function openChecked(settings: Parameters<typeof openDatabase>[0]): Promise<Database> {
  const database = await openDatabase(settings);
  const verdict = await checkSchema(database);
  if (verdict.kind === 'ok') return database;
  await database.close();
  throw new GantryError('database_outdated', verdict.sentence);
}
