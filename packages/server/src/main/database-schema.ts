import { GantryError } from '@gantry/sdk/model';
import { openDatabase } from '../store/connect.ts';
import { migrate } from '../store/migrator.ts';
import type { Configuration } from './configuration.ts';
import { openStore } from './store-access.ts';

/** Applies the missing migrations to the configured database and answers their files. */
export async function migrateDatabase({ config }: Configuration): Promise<string[]> {
  if (config.database.url === '') throw embeddedOnly('migrated');
  // A migration may rewrite large tables and wait for others, so the limits of ordinary statements do not hold here.
  const database = await openDatabase({
    url: config.database.url,
    applicationName: 'gantry db',
    statementTimeoutSeconds: 0,
    lockTimeoutSeconds: 3600,
  });
  try {
    return await migrate(database);
  } finally {
    await database.close();
  }
}

/** Resolves when the configured database answers and has this version's schema; throws a sentence when not. */
export async function checkDatabase(configuration: Configuration): Promise<void> {
  if (configuration.config.database.url === '') throw embeddedOnly('checked');
  await (await openStore(configuration, 'db')).close();
}

function embeddedOnly(what: string): GantryError {
  return new GantryError(
    'configuration_invalid',
    `[database] url is not set: the embedded database is ${what} by gantry standalone at each start; set the URL of another one for gantry db.`,
  );
}
